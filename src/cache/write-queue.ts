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

/** Writes under way at once: enough to keep a store busy, few enough to leave room for its reads. */
const AT_ONCE = 8;

/** Writes to a store that may be slow or gone: few at once, the others wait, and when too many do, the oldest goes. */
export class WriteQueue {
  readonly #maxWrites: number;
  readonly #maxBytes: number;
  readonly #onDropped: () => void;
  /** In the order in which they came, as a Set keeps it. */
  readonly #waiting = new Set<Write>();
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
    this.#waiting.add(write);
    this.#waitingBytes += write.bytes;
    for (const oldest of this.#waiting) {
      if (this.#waiting.size <= this.#maxWrites && this.#waitingBytes <= this.#maxBytes) return;
      this.#take(oldest);
      this.#onDropped();
      oldest.settle();
    }
  }

  async #start(write: Write): Promise<void> {
    this.#running++;
    await write.run();
    this.#running--;
    write.settle();
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#take(next);
    void this.#start(next);
  }

  #take(write: Write): void {
    this.#waiting.delete(write);
    this.#waitingBytes -= write.bytes;
  }
}
