import type { Ledger } from '../../../src/ports/ledger.ts';
import { createScriptedLedger } from '../../scripted-ledger.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashScriptRunner } from './script-runner.ts';

/** Reading is not on any call's way, and a year of rows takes its time. */
const DEADLINE_MS = 5_000;

/** The ledger in Upstash Redis over its REST API. */
export function createUpstashLedger(options: UpstashOptions): Ledger {
  return createScriptedLedger(
    createUpstashScriptRunner({ deadlineMs: DEADLINE_MS, ...options }, 'Upstash (ledger)'),
  );
}
