import type { Clock } from '../../src/ports/clock.ts';
import type { RateDecision, RateLevel } from '../../src/ports/limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';

type Rate = { readonly limit: number; readonly periodMs: number };

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

/** What a take would lead to. */
export interface Look {
  readonly key: string;
  readonly rate: Rate;
  /** The backlog then. */
  readonly after: number;
  readonly decision: RateDecision;
}

/** Rates by key. The same arithmetic as in `adapters/limit-scripts.ts`. */
export class Rates {
  readonly #arrivals: ExpiringMap<Arrival>;

  /** @param maxSubjects that are not whole again; past it the one asked for least recently starts afresh. */
  constructor(clock: Clock, maxSubjects: number) {
    this.#arrivals = new ExpiringMap({ clock, maxEntries: maxSubjects });
  }

  /** What taking would lead to; nothing is taken. */
  look(key: string, rate: Rate, cost: number, now: number): Look {
    const backlog = this.#backlog(key, rate, now);
    const after = Math.max(0, backlog + cost * rate.periodMs);
    // Written so that NaN is refused.
    const passes = cost <= 0 || after <= rate.limit * rate.periodMs;
    if (passes) {
      const { remaining, resetMs } = levels(rate, after);
      return { key, rate, after, decision: { allowed: true, remaining, retryAfterMs: 0, resetMs } };
    }
    const everPasses = cost <= rate.limit && rate.limit > 0;
    const wait = Math.ceil((after - rate.limit * rate.periodMs) / rate.limit);
    const { remaining, resetMs } = levels(rate, backlog);
    const retryAfterMs = everPasses ? wait : rate.periodMs;
    return { key, rate, after, decision: { allowed: false, remaining, retryAfterMs, resetMs } };
  }

  /** Takes what was looked at in the same turn, also where it is beyond the limit. */
  take({ key, rate: { limit }, after }: Look, now: number): void {
    const resetMs = limit > 0 ? Math.ceil(after / limit) : 0;
    this.#arrivals.set(key, { at: now, backlog: after, limit }, now + resetMs, now);
  }

  /** What is left of the backlog, in `1 / limit` milliseconds. A clock that was set back takes nothing off. */
  #backlog(key: string, { limit }: Rate, now: number): number {
    const arrival = this.#arrivals.get(key, now);
    if (arrival === undefined) return 0;
    const { at, backlog } = arrival;
    const rescaled = arrival.limit === limit ? backlog : Math.round((backlog / arrival.limit) * limit);
    return Math.max(0, rescaled - Math.max(0, now - at) * limit);
  }
}

function levels({ limit, periodMs }: Rate, backlog: number): RateLevel {
  const remaining = Math.max(0, Math.floor(limit - backlog / periodMs));
  return { remaining, resetMs: limit > 0 ? Math.ceil(backlog / limit) : 0 };
}
