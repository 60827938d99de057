import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import { createRedisRunScript, type RedisRunScriptOptions } from './run-script.ts';

/** Managed keys in one Redis or a Redis Cluster. */
export function createRedisKeyStore(options: RedisRunScriptOptions): KeyStore {
  return createScriptedKeyStore(createRedisRunScript(options));
}
