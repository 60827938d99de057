import type { Clock } from '../ports/clock.ts';
import { SlidingCounts } from './sliding-counts.ts';

export interface ThrottleOptions {
  readonly clock: Clock;
  readonly windowMs: number;
  /** Calls for each one that went well in the window. */
  readonly factor: number;
  /** Calls in a window, however few went well. */
  readonly floor: number;
}

/**
 * How much a dependency in trouble is called, where there is no other: twice as often as it answers, say. While it is down that
 * is next to nothing; once it answers, twice as much with every round, until it is too much for it (after "Handling Overload"
 * in Google's SRE book).
 */
export class Throttle {
  /** Plain: went well; marked: were made. */
  readonly #counts: SlidingCounts;
  readonly #factor: number;
  readonly #floor: number;

  /** @throws RangeError when a dependency that answers all calls would be called less and less. */
  constructor({ clock, windowMs, factor, floor }: ThrottleOptions) {
    if (!(factor > 1 && floor >= 1))
      throw new RangeError(`factor must be above 1 and floor at least 1, not ${factor} and ${floor}`);
    this.#counts = new SlidingCounts(clock, windowMs);
    this.#factor = factor;
    this.#floor = floor;
  }

  /** Whether another call is not too much. */
  get allows(): boolean {
    const { plain, marked } = this.#counts.sums();
    return marked < Math.max(this.#floor, this.#factor * plain);
  }

  made(): void {
    this.#counts.add(true);
  }

  wentWell(): void {
    this.#counts.add(false);
  }
}
