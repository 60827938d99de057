import type { Clock } from '../ports/clock.ts';
import { SlidingCounts } from './sliding-counts.ts';

export interface ExtraBudgetOptions {
  readonly clock: Clock;
  readonly windowMs: number;
  /** Extra calls that are allowed for each call. */
  readonly ratio: number;
  /** Extra calls that are allowed in a window, however few calls there are. */
  readonly floor: number;
}

/**
 * Extra calls beside those that had to be made: retries and hedges help while few need them, and bring down what is sick
 * when all do. So there are never more than a share of the calls of the last time.
 */
export class ExtraBudget {
  readonly #counts: SlidingCounts;
  readonly #ratio: number;
  readonly #floor: number;

  /** @throws RangeError for a budget of nothing. */
  constructor({ clock, windowMs, ratio, floor }: ExtraBudgetOptions) {
    if (!(ratio >= 0 && floor >= 0 && ratio + floor > 0))
      throw new RangeError(`ratio and floor must allow something, not ${ratio} and ${floor}`);
    this.#counts = new SlidingCounts(clock, windowMs);
    this.#ratio = ratio;
    this.#floor = floor;
  }

  /** A call that had to be made. */
  note(): void {
    this.#counts.add(false);
  }

  /** True: the extra call may be made, and is counted. */
  take(): boolean {
    const { plain, marked } = this.#counts.sums();
    // Not the sum of both: an idle gateway starts with the floor, a busy one stays within its share.
    if (marked + 1 > Math.max(this.#floor, this.#ratio * plain)) return false;
    this.#counts.add(true);
    return true;
  }
}
