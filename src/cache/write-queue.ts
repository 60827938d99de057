export interface WriteQueueOptions {
  /** Writes that may wait. */
  readonly maxWrites?: number;
  /** Bytes of the writes that may wait. */
  readonly maxBytes?: number;
  /** Told of each write that had to go for a newer one. */
  readonly onDropped: () => void;
}

interface Write {
  readonly bytes: number;
  readonly run: () => Promise<void>;
  readonly settle: () => void;
}

/**
 * What the line holds. A Set that grows and shrinks is built anew now and then, and those that were given up keep what they held
 * until the next full collection, which would be the whole of each call.
 */
interface Place {
  write: Write | null;
}

/**
 * Writes under way at once. Those of one turn of the event loop go out together, so with fewer a busy process would wait for round
 * trips, and drop what it cannot say meanwhile.
 */
export const AT_ONCE = 64;

/** Writes to a store that may be slow or gone: so many at once, the others wait, and when too many do, the oldest goes. */
export class WriteQueue {
  readonly #maxWrites: number;
  readonly #maxBytes: number;
  readonly #onDropped: () => void;
  /** In the order in which they came, as a Set keeps it. */
  readonly #waiting = new Set<Place>();
  #waitingBytes = 0;
  #running = 0;

  constructor({ maxWrites = 1_000, maxBytes = 32 * 1024 * 1024, onDropped }: WriteQueueOptions) {
    this.#maxWrites = maxWrites;
    this.#maxBytes = maxBytes;
    this.#onDropped = onDropped;
  }

  /** Resolves when the write is over or was dropped. `run` never rejects. */
  add(bytes: number, run: () => Promise<void>): Promise<void> {
    const { promise, resolve: settle } = Promise.withResolvers<void>();
    const write = { bytes, run, settle };
    if (this.#running < AT_ONCE) void this.#start(write);
    else this.#wait(write);
    return promise;
  }

  #wait(write: Write): void {
    this.#waiting.add({ write });
    this.#waitingBytes += write.bytes;
    while (this.#waiting.size > this.#maxWrites || this.#waitingBytes > this.#maxBytes) {
      const oldest = this.#takeOldest();
      this.#onDropped();
      oldest?.settle();
    }
  }

  /** A loop, since a write that began the next would keep it alive, and that the one behind it. */
  async #start(first: Write): Promise<void> {
    this.#running++;
    for (let write: Write | null = first; write !== null; write = this.#takeOldest()) {
      await write.run();
      write.settle();
    }
    this.#running--;
  }

  #takeOldest(): Write | null {
    const [place] = this.#waiting;
    if (place === undefined) return null;
    this.#waiting.delete(place);
    const { write } = place;
    place.write = null;
    this.#waitingBytes -= write?.bytes ?? 0;
    return write;
  }
}
