import type { Clock } from '../ports/clock.ts';

export interface LimiterOptions {
  readonly clock: Clock;
  /** Places; null: no limit, everybody is only counted. */
  readonly max: number | null;
  /** Of those who wait for a place. */
  readonly maxQueue: number;
}

/** Gives the place back, once; later calls do nothing. */
export type Leave = () => void;

interface Waiting {
  readonly enter: (leave: Leave) => void;
}

/** So many at the same time; the others wait in the order in which they came, few of them and not for long. */
export class Limiter {
  readonly #clock: Clock;
  #max: number;
  #maxQueue: number;
  #inside = 0;
  readonly #queue = new Set<Waiting>();

  constructor({ clock, max, maxQueue }: LimiterOptions) {
    this.#clock = clock;
    this.#max = max ?? Number.POSITIVE_INFINITY;
    this.#maxQueue = maxQueue;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get hasPlace(): boolean {
    return this.#inside < this.#max && this.#queue.size === 0;
  }

  get hasRoomToWait(): boolean {
    return this.#queue.size < this.#maxQueue;
  }

  /** Other bounds, from now on. */
  resize(max: number | null, maxQueue: number): void {
    this.#max = max ?? Number.POSITIVE_INFINITY;
    this.#maxQueue = maxQueue;
    this.#admit();
  }

  /** Null: it is full. */
  tryEnter(): Leave | null {
    return this.hasPlace ? this.#enter() : null;
  }

  /** Waits for a place. Null: the queue is full, or there was none within `ms`. @throws the signal's reason. */
  enter(ms: number, signal: AbortSignal): Promise<Leave | null> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const leave = this.tryEnter();
    if (leave !== null || !this.hasRoomToWait) return Promise.resolve(leave);
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.#queue.delete(waiting);
        cancel();
        signal.removeEventListener('abort', abort);
      };
      const waiting: Waiting = {
        enter(leave) {
          finish();
          resolve(leave);
        },
      };
      const abort = () => {
        finish();
        reject(signal.reason);
      };
      const cancel = this.#clock.after(ms, () => {
        finish();
        resolve(null);
      });
      signal.addEventListener('abort', abort, { once: true });
      this.#queue.add(waiting);
    });
  }

  #enter(): Leave {
    this.#inside += 1;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      this.#admit();
    };
  }

  #admit(): void {
    for (const waiting of this.#queue) {
      if (this.#inside >= this.#max) return;
      waiting.enter(this.#enter());
    }
  }
}
