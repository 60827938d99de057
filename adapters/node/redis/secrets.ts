import type { Secrets } from '../../../src/ports/secrets.ts';
import { createScriptedSecrets } from '../../scripted-secrets.ts';
import type { RedisOptions } from './guarded.ts';
import { createRedisScriptRunner } from './script-runner.ts';

/** Sealed credentials in one Redis or a Redis Cluster. */
export function createRedisSecrets(options: RedisOptions): Secrets {
  const { script } = createRedisScriptRunner({ deadlineMs: 250, ...options }, 'Redis (credentials)');
  return createScriptedSecrets(script);
}
