import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashScriptRunner } from './script-runner.ts';

/** Longer than for what a call can go on without: when this is over, a caller is refused. */
const FIND_DEADLINE_MS = 400;
const OPERATOR_DEADLINE_MS = 2_000;

/** Managed keys in Upstash Redis. */
export function createUpstashKeyStore(options: Omit<UpstashOptions, 'deadlineMs'>): KeyStore {
  const runWithin = (deadlineMs: number) =>
    createUpstashScriptRunner({ ...options, deadlineMs }, 'Upstash (keys)').script;
  return createScriptedKeyStore(runWithin(OPERATOR_DEADLINE_MS), runWithin(FIND_DEADLINE_MS));
}
