import type { LimitStore } from '../../../src/ports/limit-store.ts';
import { createScriptedLimitStore, type ScriptedLimitStoreOptions } from '../../scripted-limit-store.ts';
import { createUpstashScriptRunner, type UpstashScriptRunnerOptions } from './script-runner.ts';

export type UpstashLimitStoreOptions = UpstashScriptRunnerOptions & Pick<ScriptedLimitStoreOptions, 'now'>;

/** Limits and budgets in Upstash Redis over its REST API. */
export function createUpstashLimitStore(options: UpstashLimitStoreOptions): LimitStore {
  return createScriptedLimitStore({ ...options, runner: createUpstashScriptRunner(options) });
}
