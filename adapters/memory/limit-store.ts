import type { Clock } from '../../src/ports/clock.ts';
import type { LimitStore, RateDecision, RateRule } from '../../src/ports/limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryLimitStoreOptions {
  readonly clock: Clock;
  /** Subjects that are not whole again; past it the one asked for least recently starts afresh. */
  readonly maxSubjects?: number;
}

/**
 * The theoretical arrival time of GCRA, kept as `at + backlog / limit`. One unit adds `periodMs` to the backlog and
 * one millisecond takes `limit` off it, so all sums are of integers: with a plain time the seventh of seven per
 * minute (60000 / 7) is refused by a rounding error.
 */
interface Arrival {
  readonly at: number;
  readonly backlog: number;
  readonly limit: number;
}

/**
 * A cost above the limit never passes; 0 reads; a negative cost gives units back, never beyond the whole limit.
 * The wait of a refusal is until the same take would pass, or one period when it never will.
 */
export function createMemoryLimitStore({
  clock,
  maxSubjects = 100_000,
}: MemoryLimitStoreOptions): LimitStore {
  const arrivals = new ExpiringMap<Arrival>({ clock, maxEntries: maxSubjects });
  return {
    async take(rule, cost) {
      const now = clock.now();
      const key = scopedKey(rule.tenant, rule.subject);
      const backlog = backlogAt(arrivals.get(key), rule.limit, now);
      const after = Math.max(0, backlog + cost * rule.periodMs);
      // Written so that NaN is refused and never stored.
      const passes = cost <= 0 || after <= rule.limit * rule.periodMs;
      if (!passes) return refuse(rule, cost, backlog, after);
      const decision = allow(rule, after);
      arrivals.set(key, { at: now, backlog: after, limit: rule.limit }, now + decision.resetMs);
      return decision;
    },
  };
}

/** What is left of the backlog, in `1 / limit` milliseconds. A clock that was set back takes nothing off. */
function backlogAt(arrival: Arrival | undefined, limit: number, now: number): number {
  if (arrival === undefined) return 0;
  const { at, backlog } = arrival;
  const rescaled = arrival.limit === limit ? backlog : Math.round((backlog / arrival.limit) * limit);
  return Math.max(0, rescaled - Math.max(0, now - at) * limit);
}

function allow(rule: RateRule, backlog: number): RateDecision {
  return { allowed: true, retryAfterMs: 0, ...levels(rule, backlog) };
}

function refuse(rule: RateRule, cost: number, backlog: number, after: number): RateDecision {
  const everPasses = cost <= rule.limit && rule.limit > 0;
  const wait = Math.ceil((after - rule.limit * rule.periodMs) / rule.limit);
  return { allowed: false, retryAfterMs: everPasses ? wait : rule.periodMs, ...levels(rule, backlog) };
}

function levels({ limit, periodMs }: RateRule, backlog: number) {
  const remaining = Math.max(0, Math.floor(limit - backlog / periodMs));
  return { remaining, resetMs: limit > 0 ? Math.ceil(backlog / limit) : 0 };
}
