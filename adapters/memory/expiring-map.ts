import type { Clock } from '../../src/ports/clock.ts';
import { RecentMap } from '../../src/recent-map.ts';

export interface ExpiringMapOptions {
  readonly clock: Clock;
  readonly maxEntries: number;
}

interface Expiring<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** A full map looks for expired entries at most this often: the search reads all of them. */
const SWEEP_EVERY_MS = 1_000;

/** A map of bounded size whose entries end: what expired goes first, then what was not used of late. */
export class ExpiringMap<V> {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #entries: RecentMap<string, Expiring<V>>;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @throws RangeError when the bound leaves no room at all. */
  constructor({ clock, maxEntries }: ExpiringMapOptions) {
    if (!(maxEntries >= 1)) throw new RangeError(`maxEntries must be at least 1, not ${maxEntries}`);
    this.#clock = clock;
    this.#maxEntries = maxEntries;
    this.#entries = new RecentMap(maxEntries);
  }

  /** @param now for who looks at several as of one time; a clock that is asked for each of them costs more than the looks. */
  get(key: string, now = this.#clock.now()): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > now) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Whatever stood under `key` is gone, also when the new value is over already. */
  set(key: string, value: V, expiresAt: number, now = this.#clock.now()): void {
    if (!(expiresAt > now)) {
      this.#entries.delete(key);
      return;
    }
    if (this.#entries.size >= this.#maxEntries && this.#entries.peek(key) === undefined)
      this.#sweepSeldom(now);
    this.#entries.set(key, { value, expiresAt });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Values that have not expired; reading them is no use of them. */
  values(): V[] {
    this.#sweep(this.#clock.now());
    return this.#entries.values().map(({ value }) => value);
  }

  #sweepSeldom(now: number): void {
    if (Math.abs(now - this.#sweptAt) >= SWEEP_EVERY_MS) this.#sweep(now);
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [key, { expiresAt }] of this.#entries.entries())
      if (expiresAt <= now) this.#entries.delete(key);
  }
}
