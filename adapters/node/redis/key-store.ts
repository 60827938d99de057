import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import { createRedisRunScript, type RedisRunScriptOptions } from './run-script.ts';

/** Longer than for what a call can go on without: when this is over, a caller is refused. */
const FIND_DEADLINE_MS = 250;
const OPERATOR_DEADLINE_MS = 2_000;

/** Managed keys in one Redis or a Redis Cluster. */
export function createRedisKeyStore(options: Omit<RedisRunScriptOptions, 'deadlineMs'>): KeyStore {
  return createScriptedKeyStore(
    createRedisRunScript({ ...options, deadlineMs: OPERATOR_DEADLINE_MS }),
    createRedisRunScript({ ...options, deadlineMs: FIND_DEADLINE_MS }),
  );
}
