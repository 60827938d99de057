import type { LimitStore } from '../../../src/ports/limit-store.ts';
import { createScriptedLimitStore, type ScriptedLimitStoreOptions } from '../../scripted-limit-store.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashScriptRunner } from './script-runner.ts';

export type UpstashLimitStoreOptions = UpstashOptions & Pick<ScriptedLimitStoreOptions, 'now'>;

/** Limits and budgets in Upstash Redis over its REST API. */
export function createUpstashLimitStore(options: UpstashLimitStoreOptions): LimitStore {
  return createScriptedLimitStore({
    ...options,
    runner: createUpstashScriptRunner(options, 'Upstash (limits)'),
  });
}
