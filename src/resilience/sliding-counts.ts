import type { Clock } from '../ports/clock.ts';

/** Precision against memory: what is counted leaves in tenths of the window. */
const SLICES = 10;

interface Slice {
  /** Number of the slice of time that is counted here. */
  turn: number;
  plain: number;
  marked: number;
}

/** How many of what happened in the last `windowMs` were marked, and how many were not. Of constant size. */
export class SlidingCounts {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #slices: readonly Slice[];

  /** @throws RangeError for a window of no length. */
  constructor(clock: Clock, windowMs: number) {
    if (!(windowMs > 0)) throw new RangeError(`windowMs must be above 0, not ${windowMs}`);
    this.#clock = clock;
    this.#sliceMs = windowMs / SLICES;
    this.#slices = Array.from({ length: SLICES }, () => ({
      turn: Number.NEGATIVE_INFINITY,
      plain: 0,
      marked: 0,
    }));
  }

  add(isMarked: boolean): void {
    const slice = this.#slice();
    if (isMarked) slice.marked += 1;
    else slice.plain += 1;
  }

  /** One that was not marked is marked after all. */
  mark(): void {
    const slice = this.#slice();
    slice.plain -= 1;
    slice.marked += 1;
  }

  sums(): { readonly plain: number; readonly marked: number } {
    const oldest = this.#turn - SLICES;
    let plain = 0;
    let marked = 0;
    for (const slice of this.#slices) {
      if (slice.turn <= oldest) continue;
      plain += slice.plain;
      marked += slice.marked;
    }
    // What was marked later may have left the window itself by then.
    return { plain: Math.max(0, plain), marked };
  }

  clear(): void {
    for (const slice of this.#slices) slice.turn = Number.NEGATIVE_INFINITY;
  }

  #slice(): Slice {
    const turn = this.#turn;
    const slice = this.#slices[turn % SLICES];
    if (slice === undefined) throw new RangeError(`no slice for the turn ${turn}`);
    if (slice.turn !== turn) Object.assign(slice, { turn, plain: 0, marked: 0 });
    return slice;
  }

  get #turn(): number {
    return Math.floor(this.#clock.monotonic() / this.#sliceMs);
  }
}
