/** Values made when first asked for; past the bound the one unused for longest goes, if it may. */
export class RecentMap<K, V> {
  readonly #values = new Map<K, V>();
  readonly #max: number;
  readonly #mayGo: (value: V) => boolean;

  constructor(max: number, mayGo: (value: V) => boolean = () => true) {
    this.#max = max;
    this.#mayGo = mayGo;
  }

  get(key: K, make: () => V): V {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    if (known === undefined && this.#values.size >= this.#max) this.#makeRoom();
    this.#values.set(key, value);
    return value;
  }

  peek(key: K): V | undefined {
    return this.#values.get(key);
  }

  values(): Iterable<V> {
    return this.#values.values();
  }

  #makeRoom(): void {
    for (const [key, value] of this.#values) {
      if (!this.#mayGo(value)) continue;
      this.#values.delete(key);
      return;
    }
  }
}
