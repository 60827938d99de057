/**
 * Holds things that come and go all the time. Places are used again: a Set that grows and shrinks with each burst builds its
 * table anew, and the tables that were given up keep what is young alive until the next full collection.
 */
export class Places<T> {
  readonly #places: (T | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#places.length - this.#free.length;
  }

  /** @returns the place, for `leave` */
  take(value: T): number {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = value;
    return place;
  }

  leave(place: number): void {
    this.#places[place] = null;
    this.#free.push(place);
  }

  values(): T[] {
    return this.#places.filter((value) => value !== null);
  }
}
