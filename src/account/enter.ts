import type { Claim } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { LimitStore } from '../ports/limit-store.ts';

/** A claim of nothing, for what goes into the ledger alone. */
export function bareClaim(tenant: string, id: string): Claim {
  return { tenant, id, rates: [], slots: [], budgets: [], hold: 0, leaseMs: 0, entries: [] };
}

/** Enters one attempt into the ledger that no call was claimed for. */
export function enter(limits: Pick<LimitStore, 'settle'>, entry: LedgerEntry): Promise<void> {
  const claim = bareClaim(entry.tenant, entry.id);
  return limits.settle({ claim, taken: [], entries: [entry], orphan: false });
}
