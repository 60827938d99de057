import { bareClaim } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { LimitStore } from '../ports/limit-store.ts';

/** Enters one attempt into the ledger that no call was claimed for. */
export function enter(limits: Pick<LimitStore, 'settle'>, entry: LedgerEntry): Promise<void> {
  const claim = bareClaim(entry.tenant, entry.id);
  return limits.settle({ claim, taken: [], entries: [entry], orphan: false });
}
