import type { NanoUsd } from '../../src/domain/usage.ts';
import type { Ledger, LedgerEntry, LedgerTotals } from '../../src/ports/ledger.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryLedgerOptions {
  /** Attempts remembered, so that a second settlement of one of them changes nothing. */
  readonly maxAttempts?: number;
  /** Days (UTC) for which the sums of a tenant are kept; the earliest goes first. */
  readonly maxDays?: number;
  /** Past it the tenant that settled least recently is forgotten. */
  readonly maxTenants?: number;
}

interface Settled {
  readonly at: number;
  readonly cost: NanoUsd | null;
}

interface Sum {
  attempts: number;
  unpriced: number;
  cost: NanoUsd;
}

interface Day {
  readonly sum: Sum;
  /** What is remembered of the day, for ranges that begin or end inside it. */
  readonly recent: Set<Settled>;
}

type Days = Map<number, Day>;

const DAY_MS = 86_400_000;

/**
 * Exact for ranges of whole days (UTC), however many entries there were. A range that cuts a day counts of that day
 * what is still among the remembered attempts. `settle` rejects with a RangeError when `at` is no time or `cost` is
 * no whole number of nano-dollars: one such entry would spoil every later sum.
 */
export function createMemoryLedger({
  maxAttempts = 100_000,
  maxDays = 400,
  maxTenants = 10_000,
}: MemoryLedgerOptions = {}): Ledger {
  const tenants = new Map<string, Days>();
  const attempts = new Map<string, { readonly settled: Settled; readonly day: Day }>();

  const forgetFirstAttempt = () => {
    const [first] = attempts;
    if (first === undefined) return;
    const [key, { settled, day }] = first;
    attempts.delete(key);
    day.recent.delete(settled);
  };

  return {
    async settle(entry) {
      check(entry);
      const key = scopedKey(entry.tenant, entry.attemptId);
      if (attempts.has(key)) return;
      const day = dayOf(daysOf(tenants, entry.tenant, maxTenants), Math.floor(entry.at / DAY_MS), maxDays);
      const settled = { at: entry.at, cost: entry.cost };
      count(day.sum, settled);
      day.recent.add(settled);
      attempts.set(key, { settled, day });
      if (attempts.size > maxAttempts) forgetFirstAttempt();
    },
    async totals(tenant, from, to) {
      const total = { attempts: 0, unpriced: 0, cost: 0 };
      for (const [index, day] of tenants.get(tenant) ?? []) addDay(total, index * DAY_MS, day, from, to);
      return total;
    },
  };
}

function check({ at, cost }: LedgerEntry): void {
  if (!Number.isFinite(at)) throw new RangeError(`at must be milliseconds since the epoch, not ${at}`);
  if (cost === null || Number.isSafeInteger(cost)) return;
  throw new RangeError(`cost must be a whole number of nano-dollars, not ${cost}`);
}

/** The tenant's days, moved to the end of the order in which tenants are forgotten. */
function daysOf(tenants: Map<string, Days>, tenant: string, maxTenants: number): Days {
  const days = tenants.get(tenant) ?? new Map();
  tenants.delete(tenant);
  tenants.set(tenant, days);
  const [[first] = []] = tenants;
  if (tenants.size > maxTenants && first !== undefined) tenants.delete(first);
  return days;
}

function dayOf(days: Days, index: number, maxDays: number): Day {
  const day = days.get(index) ?? { sum: { attempts: 0, unpriced: 0, cost: 0 }, recent: new Set() };
  days.set(index, day);
  if (days.size > maxDays) days.delete(Math.min(...days.keys()));
  return day;
}

function addDay(total: Sum, start: number, day: Day, from: number, to: number): void {
  const end = start + DAY_MS;
  if (end <= from || to <= start) return;
  if (from <= start && end <= to) addSum(total, day.sum);
  else for (const settled of day.recent) if (from <= settled.at && settled.at < to) count(total, settled);
}

function count(sum: Sum, { cost }: Settled): void {
  addSum(sum, { attempts: 1, unpriced: cost === null ? 1 : 0, cost: cost ?? 0 });
}

function addSum(sum: Sum, more: LedgerTotals): void {
  sum.attempts += more.attempts;
  sum.unpriced += more.unpriced;
  sum.cost += more.cost;
}
