import type { Ledger } from '../../../src/ports/ledger.ts';
import type { LimitStore } from '../../../src/ports/limit-store.ts';
import type { Link } from './link.ts';

/** A call that waits longer than this for its limit is decided without the store. */
const DEADLINE_MS = 250;
/** Off the way of any call. */
const LONG_DEADLINE_MS = 5_000;

/** The limits that another process keeps for all. Rejects when that process does not answer in time. */
export function createSharedLimitStore(link: Link<LimitStore>): LimitStore {
  return {
    take: (rule, cost) => link.call('take', [rule, cost], DEADLINE_MS),
    claim: (claim) => link.call('claim', [claim], DEADLINE_MS),
    note: (claim, force) => link.call('note', [claim, force], LONG_DEADLINE_MS),
    settle: (settlement) => link.call('settle', [settlement], LONG_DEADLINE_MS),
    overdue: (tenant, atMost) => link.call('overdue', [tenant, atMost], LONG_DEADLINE_MS),
  };
}

/** The ledger that another process keeps for all. */
export function createSharedLedger(link: Link<Ledger>): Ledger {
  return {
    rows: (tenant, fromDay, toDay) => link.call('rows', [tenant, fromDay, toDay], LONG_DEADLINE_MS),
    tenants: () => link.call('tenants', [], LONG_DEADLINE_MS),
  };
}
