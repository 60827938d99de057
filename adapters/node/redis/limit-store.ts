import type { LimitStore } from '../../../src/ports/limit-store.ts';
import { createScriptedLimitStore, type ScriptedLimitStoreOptions } from '../../scripted-limit-store.ts';
import type { RedisOptions } from './guarded.ts';
import { createRedisScriptRunner } from './script-runner.ts';

export type RedisLimitStoreOptions = RedisOptions & Pick<ScriptedLimitStoreOptions, 'now'>;

/** Limits and budgets in one Redis or a Redis Cluster. */
export function createRedisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  return createScriptedLimitStore({ ...options, runner: createRedisScriptRunner(options, 'Redis (limits)') });
}
