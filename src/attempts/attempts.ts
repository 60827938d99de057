import type { ModelLabel } from '../account/models.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../resilience/backoff.ts';
import type { AttemptCall } from './call.ts';
import { createChoose } from './choose.ts';
import { createEntries } from './entry.ts';
import { createReport } from './report.ts';
import { createRunner } from './runner.ts';
import type { AttemptSettings } from './settings.ts';
import { createAssess } from './standing.ts';
import type { Targets } from './targets.ts';

export interface AttemptsDeps {
  readonly targets: Targets;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Pick<Metrics, 'add'>;
  readonly modelLabel: ModelLabel;
}

/**
 * Answers a call by the first target of its plan that can, within the bounds of attempts, time and budgets.
 * @throws GatewayError of the most telling failure, or `no_provider`, or the signal's reason.
 */
export type Attempts = <T>(call: AttemptCall<T>) => Promise<T>;

export function createAttempts(deps: AttemptsDeps, settings: AttemptSettings): Attempts {
  const { targets, clock, random, metrics, modelLabel } = deps;
  const { book } = targets;
  const assess = createAssess({ clock, random, book });
  const entries = createEntries({ clock, book });
  const choose = createChoose({ clock, random, book, entries, assess });
  const report = createReport({ metrics, modelLabel });
  const run = createRunner({ clock, assess, entries, choose, report }, settings);

  return function attempts(call) {
    book.marks.touch(call.hold);
    return run(call);
  };
}
