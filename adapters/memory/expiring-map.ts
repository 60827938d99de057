import type { Clock } from '../../src/ports/clock.ts';

export interface ExpiringMapOptions {
  readonly clock: Clock;
  readonly maxEntries: number;
  /** Bound on the sum of the weights; none by default. */
  readonly maxWeight?: number;
}

interface Slot<V> {
  readonly value: V;
  readonly expiresAt: number;
  readonly weight: number;
}

/** A full map looks for expired entries at most this often: the search reads all of them. */
const SWEEP_EVERY_MS = 1_000;

/** A least-recently-used map whose entries end: what expired goes first, then what was not touched for longest. */
export class ExpiringMap<V> {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #maxWeight: number;
  /** In order of use, as a Map keeps the order of insertion. */
  readonly #slots = new Map<string, Slot<V>>();
  #weight = 0;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @throws RangeError when a bound leaves no room at all. */
  constructor({ clock, maxEntries, maxWeight = Number.POSITIVE_INFINITY }: ExpiringMapOptions) {
    if (!(maxEntries >= 1)) throw new RangeError(`maxEntries must be at least 1, not ${maxEntries}`);
    if (!(maxWeight > 0)) throw new RangeError(`maxWeight must be above 0, not ${maxWeight}`);
    this.#clock = clock;
    this.#maxEntries = maxEntries;
    this.#maxWeight = maxWeight;
  }

  /** Expired entries count until they are found. */
  get size(): number {
    return this.#slots.size;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.expiresAt <= this.#clock.now()) {
      this.delete(key);
      return undefined;
    }
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot.value;
  }

  /** Whatever stood under `key` is gone, also when the new value is over already or too heavy to be kept. */
  set(key: string, value: V, expiresAt: number, weight = 0): void {
    this.delete(key);
    if (!(expiresAt > this.#clock.now()) || weight > this.#maxWeight) return;
    if (this.#isFull(weight)) this.#makeRoom(weight);
    this.#slots.set(key, { value, expiresAt, weight });
    this.#weight += weight;
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#weight -= slot.weight;
  }

  /** Values that have not expired; reading them is no use in the sense of the order. */
  values(): V[] {
    this.#sweep();
    return Array.from(this.#slots.values(), (slot) => slot.value);
  }

  #isFull(weight: number): boolean {
    return this.#slots.size >= this.#maxEntries || this.#weight + weight > this.#maxWeight;
  }

  #makeRoom(weight: number): void {
    if (Math.abs(this.#clock.now() - this.#sweptAt) >= SWEEP_EVERY_MS) this.#sweep();
    for (const key of this.#slots.keys()) {
      if (!this.#isFull(weight)) return;
      this.delete(key);
    }
  }

  #sweep(): void {
    const now = this.#clock.now();
    this.#sweptAt = now;
    for (const [key, slot] of this.#slots) if (slot.expiresAt <= now) this.delete(key);
  }
}
