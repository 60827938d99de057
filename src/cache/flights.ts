import type { MemoryBudget } from './broadcast.ts';
import { Flight, type Landing, type Passenger } from './flight.ts';

export interface FlightsOptions {
  /** Memory for what has passed of one stream. One that is longer can only be joined at its beginning, and is not recorded. */
  readonly maxBytes: number;
  /** The same for all streams together. */
  readonly maxTotalBytes: number;
}

/** Calls the provider, lands the flight with what it answers, and keeps the answer. */
export type Fly<Head> = (flight: Flight<Head>) => Promise<void>;

export interface Joined<Head> {
  /** True for the first, whose `fly` is used. */
  readonly leads: boolean;
  /** Rejects with what the flight failed with, or with the reason of the passenger's own signal. */
  readonly landing: Promise<Landing<Head>>;
  /** Resolves when the flight is over, its answer kept; rejects with what `fly` threw after it had landed. For `waitUntil`. */
  readonly over: Promise<void>;
}

interface Started<Head> {
  readonly flight: Flight<Head>;
  readonly over: Promise<void>;
}

/** Equal calls that are under way in this process at the same time share one call of a provider. */
export class Flights<Head> {
  readonly #maxBytes: number;
  readonly #maxTotalBytes: number;
  readonly #budget: MemoryBudget;
  readonly #started = new Map<string, Started<Head>>();

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

  /** Whether there is a flight of `key` that can be joined. */
  has(key: string): boolean {
    return this.#started.get(key)?.flight.joinable === true;
  }

  /**
   * Joins the flight of `key`, or starts one. Whoever comes while its answer is being kept still joins it, so that
   * between a flight and the cache there is no moment in which a call finds neither.
   * @param key names tenant and call
   * @throws the reason of the passenger's signal when that has fired already.
   */
  join(key: string, passenger: Passenger<Head>, fly: Fly<Head>): Joined<Head> {
    passenger.signal.throwIfAborted();
    const started = this.#started.get(key);
    if (started?.flight.joinable) {
      return { leads: false, landing: started.flight.join(passenger), over: started.over };
    }
    return this.#start(key, passenger, fly);
  }

  #start(key: string, passenger: Passenger<Head>, fly: Fly<Head>): Joined<Head> {
    const flight = new Flight<Head>({ maxBytes: this.#maxBytes, budget: this.#budget });
    const landing = flight.join(passenger);
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const started = { flight, over };
    this.#started.set(key, started);
    resolve(this.#run(key, started, fly));
    // Nobody has to wait for it.
    over.catch(() => {});
    return { leads: true, landing, over };
  }

  async #run(key: string, started: Started<Head>, fly: Fly<Head>): Promise<void> {
    const { flight } = started;
    try {
      await fly(flight);
      // An error is not made for nothing: its stack takes longer than all else here.
      if (!flight.landed) flight.fail(new Error('a flight ended without an answer'));
    } catch (fault) {
      if (flight.landed) throw fault;
      flight.fail(fault);
    } finally {
      flight.close();
      // A flight that could not be joined any more may have been followed by another.
      if (this.#started.get(key) === started) this.#started.delete(key);
    }
  }
}
