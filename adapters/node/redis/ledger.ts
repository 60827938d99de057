import type { Ledger } from '../../../src/ports/ledger.ts';
import { createScriptedLedger } from '../../scripted-ledger.ts';
import type { RedisOptions } from './guarded.ts';
import { createRedisScriptRunner } from './script-runner.ts';

/** Reading is not on any call's way, and a year of rows takes its time. */
const DEADLINE_MS = 5_000;

/** The ledger in one Redis or a Redis Cluster. */
export function createRedisLedger(options: RedisOptions): Ledger {
  return createScriptedLedger(
    createRedisScriptRunner({ deadlineMs: DEADLINE_MS, ...options }, 'Redis (ledger)'),
  );
}
