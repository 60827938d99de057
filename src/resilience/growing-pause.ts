/** Pauses that double each time until it goes well again. */
export class GrowingPause {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #nextMs: number;

  /** @throws RangeError for a pause of nothing. */
  constructor(firstMs: number, maxMs: number) {
    if (!(firstMs > 0 && maxMs >= firstMs))
      throw new RangeError(`firstMs must be above 0 and not above maxMs, not ${firstMs} and ${maxMs}`);
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#nextMs = firstMs;
  }

  /** Milliseconds. */
  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(2 * ms, this.#maxMs);
    return ms;
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
