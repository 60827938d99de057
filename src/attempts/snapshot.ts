import type { RouteTarget } from '../domain/plan.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import type { Quantiles } from '../resilience/quantiles.ts';
import type { HealthBook } from './health-book.ts';

/** How a target stands, for the operator. Times are milliseconds since the epoch, durations milliseconds. */
export interface TargetSnapshot {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly breaker: BreakerState;
  /** Share of the calls that come, while they return; 1: all. */
  readonly share: number;
  /** Share of the last calls that failed; null: there were none. */
  readonly failureRate: number | null;
  /** To the first content of streams with a short prompt; null: there were none lately. */
  readonly firstTokenMs: Percentiles | null;
  readonly wholeAnswerMs: Percentiles | null;
  readonly inFlight: number;
  readonly queued: number;
  readonly maxConcurrency: number | null;
  readonly drained: boolean;
  /** In the order of the configuration; never the keys themselves. A provider without one has one that is always alive. */
  readonly keys: readonly KeySnapshot[];
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

export interface KeySnapshot {
  /** Null: it is alive. */
  readonly deadUntil: number | null;
  readonly limitedUntil: number | null;
}

/** All targets that are known, those of the configuration among them, by name. */
export function snapshot(book: HealthBook, configured: readonly RouteTarget[]): readonly TargetSnapshot[] {
  for (const target of configured) book.target(target);
  const known = [...book.known()].sort((a, b) => (a.target.id < b.target.id ? -1 : 1));
  return known.map((health) => {
    const { target, breaker, limiter } = health;
    const { provider } = target;
    return {
      target: target.id,
      provider: provider.id,
      model: target.model,
      breaker: breaker.state,
      share: breaker.share,
      failureRate: health.failureRate,
      firstTokenMs: percentilesOf(health.firstToken),
      wholeAnswerMs: percentilesOf(health.wholeAnswer),
      inFlight: limiter.inside,
      queued: limiter.waiting,
      maxConcurrency: target.maxConcurrency,
      drained: book.isDrained(target),
      keys: book.keysOf(provider).map((key) => ({
        deadUntil: book.deadUntil(provider.id, key),
        limitedUntil: book.limitedUntil(target, key),
      })),
    };
  });
}

function percentilesOf(times: Quantiles): Percentiles | null {
  const [p50, p95] = [times.at(0.5), times.at(0.95)];
  return p50 === null || p95 === null ? null : { p50: Math.round(p50), p95: Math.round(p95) };
}
