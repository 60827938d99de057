import type { Clock } from '../ports/clock.ts';

/** Neighbouring classes differ by a tenth, so an answer is at most 10% too high. */
const GROWTH = 1.1;
const SMALLEST_MS = 1;
/** Up to 15 minutes; what takes longer counts as that. */
const CLASSES = Math.ceil(Math.log(900_000 / SMALLEST_MS) / Math.log(GROWTH)) + 1;

/** Times in classes, in two generations: the older goes when the younger is half a window old. */
export class Quantiles {
  readonly #clock: Clock;
  readonly #halfMs: number;
  #young = new Uint32Array(CLASSES);
  #old = new Uint32Array(CLASSES);
  #youngSince: number;
  #youngCount = 0;
  #oldCount = 0;

  /** @throws RangeError for a window of no length. */
  constructor(clock: Clock, windowMs: number) {
    if (!(windowMs > 0)) throw new RangeError(`windowMs must be above 0, not ${windowMs}`);
    this.#clock = clock;
    this.#halfMs = windowMs / 2;
    this.#youngSince = clock.monotonic();
  }

  observe(ms: number): void {
    this.#age();
    const at = classOf(ms);
    this.#young[at] = (this.#young[at] ?? 0) + 1;
    this.#youngCount += 1;
  }

  /** How many were observed in the window. */
  get count(): number {
    this.#age();
    return this.#youngCount + this.#oldCount;
  }

  /** What the share `q` of those observed did not exceed, in milliseconds; null: there are fewer than `least`. */
  at(q: number, least = 1): number | null {
    const { count } = this;
    if (count < Math.max(1, least)) return null;
    const rank = q * count;
    let seen = 0;
    for (let i = 0; i < CLASSES; i += 1) {
      seen += (this.#young[i] ?? 0) + (this.#old[i] ?? 0);
      if (seen >= rank) return SMALLEST_MS * GROWTH ** i;
    }
    return null;
  }

  #age(): void {
    const age = this.#clock.monotonic() - this.#youngSince;
    if (age < this.#halfMs) return;
    const isGone = age >= 2 * this.#halfMs;
    [this.#old, this.#young] = [this.#young, this.#old];
    this.#oldCount = isGone ? 0 : this.#youngCount;
    if (isGone) this.#old.fill(0);
    this.#young.fill(0);
    this.#youngCount = 0;
    this.#youngSince = this.#clock.monotonic();
  }
}

function classOf(ms: number): number {
  if (!(ms > SMALLEST_MS)) return 0;
  return Math.min(CLASSES - 1, Math.ceil(Math.log(ms / SMALLEST_MS) / Math.log(GROWTH)));
}
