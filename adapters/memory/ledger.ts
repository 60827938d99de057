import type { Ledger, LedgerEntry, LedgerTotals } from '../../src/ports/ledger.ts';
import { createRecentSet } from './recent-set.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryLedgerOptions {
  /** Attempts remembered at least, so that a second settlement of one of them changes nothing. */
  readonly minAttempts?: number;
  /** Days (UTC) for which the sums of a tenant are kept; the earliest goes first. */
  readonly maxDays?: number;
  /** Past it the tenant that came first is forgotten. */
  readonly maxTenants?: number;
}

interface Sum {
  attempts: number;
  unpriced: number;
  cost: number;
}

type Days = Map<number, Sum>;

const DAY_MS = 86_400_000;

/**
 * Sums by day (UTC), exact however many entries there were; a day counts for a range in which it begins. `settle` rejects
 * with a RangeError when `at` is no time or `cost` is no whole number of nano-dollars: one such entry would spoil every
 * later sum. Single attempts are not kept: objects that outlive the young generation cost more than all the rest here.
 */
export function createMemoryLedger({
  minAttempts = 1_000,
  maxDays = 400,
  maxTenants = 10_000,
}: MemoryLedgerOptions = {}): Ledger {
  const tenants = new Map<string, Days>();
  const settled = createRecentSet(minAttempts);

  return {
    async settle(entry) {
      check(entry);
      if (!settled.add(scopedKey(entry.tenant, entry.attemptId))) return;
      const days = daysOf(tenants, entry.tenant, maxTenants);
      const sum = sumOf(days, Math.floor(entry.at / DAY_MS), maxDays);
      sum.attempts++;
      if (entry.cost === null) sum.unpriced++;
      else sum.cost += entry.cost;
    },
    async totals(tenant, from, to) {
      const total = { attempts: 0, unpriced: 0, cost: 0 };
      for (const [index, sum] of tenants.get(tenant) ?? []) {
        if (from <= index * DAY_MS && index * DAY_MS < to) addSum(total, sum);
      }
      return total;
    },
  };
}

function check({ at, cost }: LedgerEntry): void {
  if (!Number.isFinite(at)) throw new RangeError(`at must be milliseconds since the epoch, not ${at}`);
  if (cost === null || Number.isSafeInteger(cost)) return;
  throw new RangeError(`cost must be a whole number of nano-dollars, not ${cost}`);
}

function daysOf(tenants: Map<string, Days>, tenant: string, maxTenants: number): Days {
  const known = tenants.get(tenant);
  if (known !== undefined) return known;
  if (tenants.size >= maxTenants) deleteFirst(tenants);
  const days: Days = new Map();
  tenants.set(tenant, days);
  return days;
}

function deleteFirst(tenants: Map<string, Days>): void {
  const [first] = tenants.keys();
  if (first !== undefined) tenants.delete(first);
}

function sumOf(days: Days, index: number, maxDays: number): Sum {
  const known = days.get(index);
  if (known !== undefined) return known;
  const sum = { attempts: 0, unpriced: 0, cost: 0 };
  days.set(index, sum);
  if (days.size > maxDays) days.delete(Math.min(...days.keys()));
  return sum;
}

function addSum(sum: Sum, more: LedgerTotals): void {
  sum.attempts += more.attempts;
  sum.unpriced += more.unpriced;
  sum.cost += more.cost;
}
