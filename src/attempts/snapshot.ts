import type { BreakerState } from '../resilience/breaker.ts';
import type { Quantiles } from '../resilience/quantiles.ts';
import type { TargetState } from '../route/target-stats.ts';
import { type HealthBook, keysOf } from './health-book.ts';
import type { TargetHealth } from './target-health.ts';

/** How a target stands, for the operator. Times are milliseconds since the epoch, durations milliseconds. */
export interface TargetSnapshot extends TargetState {
  readonly breaker: BreakerState;
  /** Share of the calls that come, while they return; 1: all. */
  readonly share: number;
  /** Share of the last calls that failed; null: there were none. */
  readonly failureRate: number | null;
  /** To the first content of streams with a short prompt; null: there were none lately. */
  readonly firstTokenMs: Percentiles | null;
  readonly wholeAnswerMs: Percentiles | null;
  readonly queued: number;
  readonly maxConcurrency: number | null;
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

export function snapshotOf(book: HealthBook, health: TargetHealth): TargetSnapshot {
  const { target, breaker, limiter } = health;
  return {
    ...stateOf(health),
    drained: book.isDrained(target.id),
    share: breaker.share,
    failureRate: health.failureRate,
    firstTokenMs: percentilesOf(health.firstToken),
    wholeAnswerMs: percentilesOf(health.wholeAnswer),
    queued: limiter.waiting,
    maxConcurrency: target.maxConcurrency,
    keys: keysOf(target.provider).map((key) => ({
      deadUntil: book.deadUntil(target.provider.id, key),
      limitedUntil: book.limitedUntil(target, key),
    })),
  };
}

/** What a strategy orders targets by. */
export function stateOf({ breaker, limiter, latency }: TargetHealth): Omit<TargetState, 'drained'> {
  return { latencyMs: latency.value, inFlight: limiter.inside, breaker: breaker.state };
}

function percentilesOf(times: Quantiles): Percentiles | null {
  const [p50, p95] = [times.at(0.5), times.at(0.95)];
  return p50 === null || p95 === null ? null : { p50: Math.round(p50), p95: Math.round(p95) };
}
