import type { Secrets } from '../../../src/ports/secrets.ts';
import { createScriptedSecrets } from '../../scripted-secrets.ts';
import { createRedisRunScript, type RedisRunScriptOptions } from './run-script.ts';

/** Sealed credentials in one Redis or a Redis Cluster. */
export function createRedisSecrets(options: RedisRunScriptOptions): Secrets {
  return createScriptedSecrets(createRedisRunScript({ deadlineMs: 250, ...options }));
}
