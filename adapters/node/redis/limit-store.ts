import type { LimitStore } from '../../../src/ports/limit-store.ts';
import { createScriptedLimitStore, type ScriptedLimitStoreOptions } from '../../scripted-limit-store.ts';
import { createRedisScriptRunner, type RedisScriptRunnerOptions } from './script-runner.ts';

export type RedisLimitStoreOptions = RedisScriptRunnerOptions & Pick<ScriptedLimitStoreOptions, 'now'>;

/** Limits and budgets in one Redis or a Redis Cluster. */
export function createRedisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  return createScriptedLimitStore({ ...options, runner: createRedisScriptRunner(options) });
}
