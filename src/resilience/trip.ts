import type { Clock } from '../ports/clock.ts';
import { SlidingCounts } from './sliding-counts.ts';

/** Says when a dependency has failed enough for its breaker to open. */
export interface Trip {
  /** Takes in how a call ended; true: it is enough. */
  note(ok: boolean): boolean;
  /** A call that was noted as well has failed after all; true: it is enough. */
  turn(): boolean;
  /** What was, is over. */
  reset(): void;
}

/** So many failures in a row. @throws RangeError when none would do. */
export function consecutiveFailures(failures: number): Trip {
  if (!(failures >= 1)) throw new RangeError(`failures must be at least 1, not ${failures}`);
  let inRow = 0;
  return {
    note(ok) {
      inRow = ok ? 0 : inRow + 1;
      return inRow >= failures;
    },
    turn() {
      inRow += 1;
      return inRow >= failures;
    },
    reset() {
      inRow = 0;
    },
  };
}

/** As soon as one of them says so: a rate tells of many calls, failures in a row of the last ones. */
export function anyOf(trips: readonly Trip[]): Trip {
  // Each has to hear of every call.
  const some = (says: (trip: Trip) => boolean) => trips.map(says).some(Boolean);
  return {
    note: (ok) => some((trip) => trip.note(ok)),
    turn: () => some((trip) => trip.turn()),
    reset() {
      for (const trip of trips) trip.reset();
    },
  };
}

export interface FailureRateOptions {
  readonly clock: Clock;
  readonly windowMs: number;
  /** Fewer calls than these in the window say nothing. */
  readonly minCalls: number;
  /** Above 0, at most 1. */
  readonly rate: number;
}

export interface FailureRateTrip extends Trip {
  /** Share of the calls that failed in the window; null: there were none. */
  rate(): number | null;
}

/** That share of the calls of the last time, if they are enough to tell. @throws RangeError for settings that never or always trip. */
export function failureRate({ clock, windowMs, minCalls, rate }: FailureRateOptions): FailureRateTrip {
  if (!(minCalls >= 1)) throw new RangeError(`minCalls must be at least 1, not ${minCalls}`);
  if (!(rate > 0 && rate <= 1)) throw new RangeError(`rate must be above 0 and at most 1, not ${rate}`);
  const counts = new SlidingCounts(clock, windowMs);
  const isEnough = () => {
    const { plain, marked } = counts.sums();
    return plain + marked >= minCalls && marked >= rate * (plain + marked);
  };
  return {
    note(ok) {
      counts.add(!ok);
      return !ok && isEnough();
    },
    turn() {
      counts.mark();
      return isEnough();
    },
    reset: () => counts.clear(),
    rate() {
      const { plain, marked } = counts.sums();
      return plain + marked === 0 ? null : marked / (plain + marked);
    },
  };
}
