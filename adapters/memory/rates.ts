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

/** Rates by key. The same arithmetic as in `adapters/limit-scripts.ts`. */
export class Rates {
  readonly #clock: Clock;
  readonly #arrivals: ExpiringMap<Arrival>;

  /** @param maxSubjects that are not whole again; past it the one asked for least recently starts afresh. */
  constructor(clock: Clock, maxSubjects: number) {
    this.#clock = clock;
    this.#arrivals = new ExpiringMap({ clock, maxEntries: maxSubjects });
  }

  /** What taking would lead to; nothing is taken. */
  decide(key: string, rate: Rate, cost: number): RateDecision {
    const backlog = this.#backlog(key, rate);
    const after = Math.max(0, backlog + cost * rate.periodMs);
    // Written so that NaN is refused.
    const passes = cost <= 0 || after <= rate.limit * rate.periodMs;
    if (passes) return { allowed: true, retryAfterMs: 0, ...levels(rate, after) };
    const everPasses = cost <= rate.limit && rate.limit > 0;
    const wait = Math.ceil((after - rate.limit * rate.periodMs) / rate.limit);
    return { allowed: false, retryAfterMs: everPasses ? wait : rate.periodMs, ...levels(rate, backlog) };
  }

  /** Takes whatever there is, also beyond the limit; a negative cost gives back, never beyond the whole. */
  add(key: string, rate: Rate, cost: number): void {
    const now = this.#clock.now();
    const backlog = Math.max(0, this.#backlog(key, rate) + cost * rate.periodMs);
    const until = now + levels(rate, backlog).resetMs;
    this.#arrivals.set(key, { at: now, backlog, limit: rate.limit }, until);
  }

  /** What is left of the backlog, in `1 / limit` milliseconds. A clock that was set back takes nothing off. */
  #backlog(key: string, { limit }: Rate): number {
    const arrival = this.#arrivals.get(key);
    if (arrival === undefined) return 0;
    const { at, backlog } = arrival;
    const rescaled = arrival.limit === limit ? backlog : Math.round((backlog / arrival.limit) * limit);
    return Math.max(0, rescaled - Math.max(0, this.#clock.now() - at) * limit);
  }
}

function levels({ limit, periodMs }: Rate, backlog: number): RateLevel {
  const remaining = Math.max(0, Math.floor(limit - backlog / periodMs));
  return { remaining, resetMs: limit > 0 ? Math.ceil(backlog / limit) : 0 };
}
