import type { Clock } from '../ports/clock.ts';

/** A mean that jumps to every peak at once and forgets it slowly (Finagle's): a target that turns slow is left at once. */
export class PeakEwma {
  readonly #clock: Clock;
  readonly #tauMs: number;
  #value: number | null = null;
  #at = 0;

  /** @param tauMs after which a peak counts for a third. */
  constructor(clock: Clock, tauMs: number) {
    if (!(tauMs > 0)) throw new RangeError(`tauMs must be above 0, not ${tauMs}`);
    this.#clock = clock;
    this.#tauMs = tauMs;
  }

  observe(ms: number): void {
    const now = this.#clock.monotonic();
    const weight = Math.exp(-(now - this.#at) / this.#tauMs);
    this.#value = this.#value === null || ms > this.#value ? ms : this.#value * weight + ms * (1 - weight);
    this.#at = now;
  }

  /** Milliseconds; null: nothing was observed yet. */
  get value(): number | null {
    return this.#value;
  }
}
