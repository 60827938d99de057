import type { Clock } from '../../src/ports/clock.ts';
import { Sieve } from './sieve.ts';

export interface ExpiringSieveOptions {
  readonly clock: Clock;
  readonly maxEntries: number;
  /** Values, keys and a flat share for each entry. A value above it is not kept. */
  readonly maxBytes: number;
}

interface Slot<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** A SIEVE whose entries end, bounded by the bytes that they take. */
export class ExpiringSieve<V> {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #entries: Sieve<Slot<V>>;

  constructor({ clock, maxEntries, maxBytes }: ExpiringSieveOptions) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#entries = new Sieve({ maxEntries, maxWeight: maxBytes });
  }

  get(key: string): V | null {
    const slot = this.#entries.get(key);
    if (slot === undefined) return null;
    if (slot.expiresAt > this.#clock.now()) return slot.value;
    this.#entries.delete(key);
    return null;
  }

  /**
   * Without a positive `ttlMs` there is nothing under the key afterwards.
   * @param bytes what the value takes
   * @param make called for what is kept alone
   */
  set(key: string, bytes: number, ttlMs: number, make: () => V): void {
    const all = bytes + stringBytes(key);
    if (!(ttlMs > 0) || all > this.#maxBytes) this.#entries.delete(key);
    else this.#entries.set(key, { value: make(), expiresAt: this.#clock.now() + ttlMs }, all);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** What the gauges show. Entries that expired count until they are found or evicted. */
  size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries.size, bytes: this.#entries.weight };
  }
}

/** V8 keeps a byte a character as long as all of them are Latin-1, else two. */
export function stringBytes(text: string): number {
  return /[\u0100-\uffff]/.test(text) ? 2 * text.length : text.length;
}
