import type { MemoryBudget } from './broadcast.ts';
import { Flight, type Leader } from './flight.ts';

export interface FlightsOptions {
  /** Memory for what has passed of one stream. One that is longer can only be joined at its beginning, and is not recorded. */
  readonly maxBytes: number;
  /** The same for all streams together. */
  readonly maxTotalBytes: number;
}

/** Calls the provider, lands the flight with what it answers, and keeps the answer. */
export type Fly<Head> = (flight: Flight<Head>) => Promise<void>;

/**
 * What the table of flights holds. A table that flights come to and leave is built anew now and then, and those that were
 * given up keep what they hold until the next full collection, which would be the whole of each call.
 */
interface Place<Head> {
  flight: Flight<Head> | null;
}

/** Equal calls that are under way in this process at the same time share one call of a provider. */
export class Flights<Head> {
  readonly #maxBytes: number;
  readonly #maxTotalBytes: number;
  readonly #budget: MemoryBudget;
  readonly #started = new Map<string, Place<Head>>();

  constructor({ maxBytes, maxTotalBytes }: FlightsOptions) {
    this.#maxBytes = maxBytes;
    this.#maxTotalBytes = maxTotalBytes;
    this.#budget = { left: maxTotalBytes };
  }

  /** Flights that are under way. */
  get size(): number {
    return this.#started.size;
  }

  /** Memory that is held for all streams now. */
  get heldBytes(): number {
    return this.#maxTotalBytes - this.#budget.left;
  }

  /**
   * The flight of `key` that can be joined; null: there is none. It can be while its answer is being kept, so that between
   * a flight and the cache there is no moment in which a call finds neither.
   * @param key names tenant and call
   */
  find(key: string): Flight<Head> | null {
    const flight = this.#started.get(key)?.flight;
    return flight?.joinable ? flight : null;
  }

  /**
   * Starts a flight, where there is none that can be joined.
   * @returns `over` resolves when the flight is over, its answer kept, and rejects with what `fly` threw after it had
   * landed, which is a defect: for `waitUntil`.
   */
  start(
    key: string,
    leader: Leader<Head>,
    fly: Fly<Head>,
  ): { readonly flight: Flight<Head>; readonly over: Promise<void> } {
    const flight = new Flight<Head>({ leader, maxBytes: this.#maxBytes, budget: this.#budget });
    const place = this.#started.get(key);
    if (place === undefined) this.#started.set(key, { flight });
    // One that cannot be joined any more is followed by another.
    else place.flight = flight;
    return { flight, over: this.#run(key, flight, fly) };
  }

  async #run(key: string, flight: Flight<Head>, fly: Fly<Head>): Promise<void> {
    try {
      await fly(flight);
      // An error is not made for nothing: its stack takes longer than all else here.
      if (!flight.landed) flight.fail(new Error('a flight ended without an answer'));
    } catch (fault) {
      if (flight.landed) throw fault;
      flight.fail(fault);
    } finally {
      flight.close();
      this.#leave(key, flight);
    }
  }

  #leave(key: string, flight: Flight<Head>): void {
    const place = this.#started.get(key);
    if (place?.flight !== flight) return;
    place.flight = null;
    this.#started.delete(key);
  }
}
