interface Slot<V> {
  value: V;
  /** Since the search for room came by last. */
  used: boolean;
}

/**
 * A map of bounded size. Past the bound goes the oldest that nobody used since it was last looked at (CLOCK, Corbató 1968). A
 * read moves nothing: entries that are taken out and put back at each use make a small Map build its table anew all the
 * time, and the tables that were given up keep what is young alive until the next full collection.
 */
export class RecentMap<K, V> {
  readonly #slots = new Map<K, Slot<V>>();
  readonly #maxEntries: number;
  readonly #mayGo: (value: V) => boolean;

  /** @param mayGo false: this one stays, whatever the bound says. */
  constructor(maxEntries: number, mayGo: (value: V) => boolean = () => true) {
    this.#maxEntries = maxEntries;
    this.#mayGo = mayGo;
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    slot.used = true;
    return slot.value;
  }

  getOrMake(key: K, make: () => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.set(key, value);
    return value;
  }

  /** As `get`, but it is no use of it. */
  peek(key: K): V | undefined {
    return this.#slots.get(key)?.value;
  }

  set(key: K, value: V): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) {
      slot.value = value;
      slot.used = true;
      return;
    }
    if (this.#slots.size >= this.#maxEntries) this.#makeRoom();
    this.#slots.set(key, { value, used: false });
  }

  delete(key: K): void {
    this.#slots.delete(key);
  }

  get size(): number {
    return this.#slots.size;
  }

  *entries(): Generator<[key: K, value: V]> {
    for (const [key, { value }] of this.#slots) yield [key, value];
  }

  values(): V[] {
    return Array.from(this.#slots.values(), ({ value }) => value);
  }

  #makeRoom(): void {
    // Each is looked at twice at most: once it loses its mark, then it goes.
    let looks = 2 * this.#slots.size;
    for (const [key, slot] of this.#slots) {
      if (looks-- === 0) return;
      this.#slots.delete(key);
      if (!slot.used && this.#mayGo(slot.value)) return;
      slot.used = false;
      this.#slots.set(key, slot);
    }
  }
}
