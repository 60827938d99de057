import type { ModelLabel } from '../account/models.ts';
import type { RouteTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../resilience/backoff.ts';
import type { AttemptCall } from './call.ts';
import { createChoose } from './choose.ts';
import { createEntries } from './entry.ts';
import type { HealthBook } from './health-book.ts';
import { createReport } from './report.ts';
import { createRunner } from './runner.ts';
import type { AttemptSettings } from './settings.ts';
import { snapshot, type TargetSnapshot } from './snapshot.ts';
import { createAssess } from './standing.ts';

export interface AttemptsDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Pick<Metrics, 'add'>;
  /** What is known of targets: it outlives the configuration that the rest is made for. */
  readonly book: HealthBook;
  readonly modelLabel: ModelLabel;
}

/** What a strategy may order targets by. */
export interface TargetLoad {
  readonly inFlight: number;
  /** Of the time to the first content; null: nothing is known yet. */
  readonly latencyMs: number | null;
}

export interface Attempts {
  /**
   * Answers a call by the first target of its plan that can, within the bounds of attempts, time and budgets.
   * @throws GatewayError of the most telling failure, or `no_provider`, or the signal's reason.
   */
  run<T>(call: AttemptCall<T>): Promise<T>;
  load(target: string): TargetLoad;
  /** Whether, and if not why, a target would be called now: for explanations. */
  standing(target: RouteTarget): string;
  /** True for a target that was drained, be it with its provider. A provider is asked for by its own id in place of a target's. */
  isDrained(target: Pick<RouteTarget, 'id' | 'provider'>): boolean;
  snapshot(configured: readonly RouteTarget[]): readonly TargetSnapshot[];
  /**
   * No further call goes to the target, or to any of the provider, here and in the other processes.
   * @throws StoreFault when the others cannot be told; here it counts all the same.
   */
  drain(subject: string): Promise<void>;
  /** Takes it back as if nothing had been. @throws StoreFault as `drain`. */
  restore(subject: string): Promise<void>;
  /** Asks a target whose breaker is not closed, if it is time, whether it is well: it need not wait for a call to be tried on. */
  probe(target: RouteTarget, isWell: () => Promise<boolean>): Promise<void>;
}

export function createAttempts(deps: AttemptsDeps, settings: AttemptSettings): Attempts {
  const { clock, random, metrics, book, modelLabel } = deps;
  const assess = createAssess({ clock, random, book });
  const entries = createEntries({ clock, book });
  const choose = createChoose({ clock, random, book, entries, assess });
  const report = createReport({ metrics, modelLabel });
  const run = createRunner({ clock, assess, entries, choose, report }, settings);

  return {
    run(call) {
      book.marks.touch(call.hold);
      return run(call);
    },
    load(target) {
      const health = book.peek(target);
      return { inFlight: health?.limiter.inside ?? 0, latencyMs: health?.latency.value ?? null };
    },
    standing: (target) => assess(target).is,
    isDrained: (target) => book.isDrained(target),
    snapshot: (configured) => snapshot(book, configured),
    drain: (subject) => book.drain(subject),
    restore: (subject) => book.restore(subject),
    async probe(target, isWell) {
      const { breaker } = book.target(target);
      const ticket = breaker.state === 'closed' ? null : breaker.enter();
      if (ticket === null) return;
      breaker.leave(ticket, await isWell().catch(() => false));
    },
  };
}
