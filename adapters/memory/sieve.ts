interface Node<V> {
  readonly key: string;
  readonly value: V;
  readonly weight: number;
  visited: boolean;
  newer: Node<V> | null;
  older: Node<V> | null;
}

export interface SieveOptions {
  readonly maxEntries: number;
  /** Bound on the sum of the weights. */
  readonly maxWeight: number;
}

/**
 * A bounded map that evicts by SIEVE (https://junchengyang.com/publication/nsdi24-SIEVE.pdf): a hit only marks its entry,
 * and a hand that moves from the oldest to the newest entry evicts the first one without a mark, taking the marks it
 * passes. So what was never asked for again goes first, and a scan does not push out what is in use.
 */
export class Sieve<V> {
  readonly #maxEntries: number;
  readonly #maxWeight: number;
  readonly #nodes = new Map<string, Node<V>>();
  #weight = 0;
  #newest: Node<V> | null = null;
  #oldest: Node<V> | null = null;
  /** Where the search for the next eviction goes on; null: at the oldest. */
  #hand: Node<V> | null = null;

  /** @throws RangeError when a bound leaves no room at all. */
  constructor({ maxEntries, maxWeight }: SieveOptions) {
    if (!(maxEntries >= 1)) throw new RangeError(`maxEntries must be at least 1, not ${maxEntries}`);
    if (!(maxWeight > 0)) throw new RangeError(`maxWeight must be above 0, not ${maxWeight}`);
    this.#maxEntries = maxEntries;
    this.#maxWeight = maxWeight;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): V | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.visited = true;
    return node.value;
  }

  /** Whatever stood under `key` is gone, also when the new value is too heavy to be kept. */
  set(key: string, value: V, weight: number): void {
    // A key that is written again while it is held was wanted again.
    const visited = this.delete(key);
    if (!(weight <= this.#maxWeight)) return;
    while (this.#nodes.size >= this.#maxEntries || this.#weight + weight > this.#maxWeight) this.#evict();
    const node: Node<V> = { key, value, weight, visited, newer: null, older: this.#newest };
    if (this.#newest === null) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.#nodes.set(key, node);
    this.#weight += weight;
  }

  /** Whether there was one. */
  delete(key: string): boolean {
    const node = this.#nodes.get(key);
    if (node === undefined) return false;
    this.#remove(node);
    return true;
  }

  #evict(): void {
    let node = this.#hand ?? this.#oldest;
    while (node?.visited) {
      node.visited = false;
      node = node.newer ?? this.#oldest;
    }
    if (node === null) return;
    this.#hand = node;
    this.#remove(node);
  }

  #remove(node: Node<V>): void {
    const { newer, older } = node;
    if (this.#hand === node) this.#hand = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    // What was removed but not yet collected would else keep all that came after it.
    node.newer = null;
    node.older = null;
    this.#nodes.delete(node.key);
    this.#weight -= node.weight;
  }
}
