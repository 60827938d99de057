import type { RouteTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { Breaker, type BreakerState } from '../resilience/breaker.ts';
import { GrowingPause } from '../resilience/growing-pause.ts';
import { Limiter } from '../resilience/limiter.ts';
import { PeakEwma } from '../resilience/peak-ewma.ts';
import { Quantiles } from '../resilience/quantiles.ts';
import { Throttle } from '../resilience/throttle.ts';
import { anyOf, consecutiveFailures, type FailureRateTrip, failureRate } from '../resilience/trip.ts';
import { BREAKER, LATENCY_TAU_MS, LIMITED, THROTTLE, TIMES_WINDOW_MS } from './settings.ts';

interface Limit {
  readonly pause: GrowingPause;
  /** Monotonic milliseconds. */
  notedAt: number;
}

/** What this process has seen of one target. */
export class TargetHealth {
  readonly breaker: Breaker;
  readonly limiter: Limiter;
  /** Of calls that are made though the breaker would have none. */
  readonly throttle: Throttle;
  /** Milliseconds to the first content of a stream, as if the prompt had no length. */
  readonly firstToken: Quantiles;
  /** Milliseconds to a whole answer. */
  readonly wholeAnswer: Quantiles;
  /** The longest silence in each stream. */
  readonly pauses: Quantiles;
  /** Of the time to first content, or to a whole answer. */
  readonly latency: PeakEwma;
  /** Calls that wait for the end of its limit. */
  waiters = 0;
  #target: RouteTarget;
  readonly #clock: Clock;
  readonly #trip: FailureRateTrip;
  readonly #limits = new Map<string, Limit>();

  constructor(clock: Clock, target: RouteTarget, onBreaker: (state: BreakerState) => void) {
    this.#clock = clock;
    this.#target = target;
    this.#trip = failureRate({ clock, ...BREAKER });
    const trip = anyOf([this.#trip, consecutiveFailures(BREAKER.inRow)]);
    this.breaker = new Breaker({ clock, trip, ...BREAKER, onChange: onBreaker });
    this.throttle = new Throttle({ clock, ...THROTTLE });
    this.limiter = new Limiter({ clock, ...placesOf(target) });
    this.firstToken = new Quantiles(clock, TIMES_WINDOW_MS);
    this.wholeAnswer = new Quantiles(clock, TIMES_WINDOW_MS);
    this.pauses = new Quantiles(clock, TIMES_WINDOW_MS);
    this.latency = new PeakEwma(clock, LATENCY_TAU_MS);
  }

  /** As it was configured last. */
  get target(): RouteTarget {
    return this.#target;
  }

  /** The configuration may have changed. */
  configure(target: RouteTarget): void {
    if (target.maxConcurrency !== this.#target.maxConcurrency) {
      const { max, maxQueue } = placesOf(target);
      this.limiter.resize(max, maxQueue);
    }
    this.#target = target;
  }

  /** Share of the calls that failed lately; null: there were none. */
  get failureRate(): number | null {
    return this.#trip.rate();
  }

  /**
   * How long to leave the target alone with that key, when the provider did not say. Null: the call began before the last
   * limit was known, so it tells nothing new.
   */
  nextLimitMs(key: string, startedAt: number): number | null {
    const limit = this.#limits.get(key) ?? {
      pause: new GrowingPause(LIMITED.firstMs, LIMITED.maxMs),
      notedAt: Number.NEGATIVE_INFINITY,
    };
    this.#limits.set(key, limit);
    if (startedAt < limit.notedAt) return null;
    limit.notedAt = this.#clock.monotonic();
    return limit.pause.next();
  }

  /** It answered with that key: the next limit is the first. */
  forgetLimit(key: string): void {
    this.#limits.get(key)?.pause.reset();
  }
}

/** As many may wait as may be under way: a longer queue would not move within the time that a place is waited for. */
function placesOf({ maxConcurrency }: RouteTarget): { max: number | null; maxQueue: number } {
  return { max: maxConcurrency, maxQueue: maxConcurrency ?? 0 };
}
