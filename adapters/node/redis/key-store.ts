import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import type { RedisOptions } from './guarded.ts';
import { createRedisScriptRunner } from './script-runner.ts';

/** Longer than for what a call can go on without: when this is over, a caller is refused. */
const FIND_DEADLINE_MS = 250;
const OPERATOR_DEADLINE_MS = 2_000;

/** Managed keys in one Redis or a Redis Cluster. */
export function createRedisKeyStore(options: Omit<RedisOptions, 'deadlineMs'>): KeyStore {
  const runWithin = (deadlineMs: number) =>
    createRedisScriptRunner({ ...options, deadlineMs }, 'Redis (keys)').script;
  return createScriptedKeyStore(runWithin(OPERATOR_DEADLINE_MS), runWithin(FIND_DEADLINE_MS));
}
