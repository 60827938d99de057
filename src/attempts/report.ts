import { METRICS } from '../account/instruments.ts';
import type { ModelLabel } from '../account/models.ts';
import type { PlannedTarget } from '../domain/plan.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Failed } from './call.ts';
import type { Hindrance } from './standing.ts';

export interface ReportDeps {
  readonly metrics: Pick<Metrics, 'add'>;
  readonly modelLabel: ModelLabel;
}

/** Counts what the way of a call over its targets did beside calling the first. */
export interface Report {
  /** An attempt begins after one that failed. */
  after(failed: Failed<unknown>, target: PlannedTarget): void;
  /** The first attempt begins elsewhere than planned. */
  instead(planned: PlannedTarget, target: PlannedTarget, why: Hindrance): void;
  /** The second of two attempts answered first. */
  hedged(slow: PlannedTarget, target: PlannedTarget): void;
}

export function createReport({ metrics, modelLabel }: ReportDeps): Report {
  const labelOf = ({ provider, model }: PlannedTarget) => `${provider.id}/${modelLabel(provider.id, model)}`;
  const fellBack = (from: PlannedTarget, to: PlannedTarget, reason: string) =>
    metrics.add(METRICS.fallbacks, 1, [labelOf(from), labelOf(to), reason]);
  return {
    after({ target: from, failure }, target) {
      if (from.id === target.id) metrics.add(METRICS.retries, 1, [target.provider.id, failure.class]);
      else fellBack(from, target, failure.class);
    },
    instead: fellBack,
    hedged: (slow, target) => fellBack(slow, target, 'slow'),
  };
}
