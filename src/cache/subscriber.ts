import type { StreamTap } from '../ports/fetch.ts';

/** A place in what a broadcast has passed: a chunk and the place behind it, or none while it has not come. */
export class Place {
  chunk: Uint8Array | null = null;
  next: Place | null = null;
  /** Memory that the chunk is counted as. */
  bytes = 0;
  /** How many subscribers come here next. */
  readers = 0;
}

/** What a subscriber tells the broadcast. */
export interface Feed {
  /** Its consumer wants something. */
  pull(subscriber: Subscriber): void;
  /** It will take nothing more. */
  leave(subscriber: Subscriber, reason: unknown): Promise<void>;
}

export interface SubscriberOptions {
  /** Aborts when the consumer has gone; it is then no longer waited for. */
  readonly signal: AbortSignal;
  /** Reads and changes what this consumer gets, on the way and at the end. */
  readonly tap: StreamTap | undefined;
}

/** One consumer's stream. It holds nothing back: each chunk is asked for by a read, and given to it. */
export class Subscriber {
  place: Place;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #feed: Feed;
  readonly #signal: AbortSignal;
  readonly #tap: StreamTap | undefined;
  readonly #onAbort = () => this.#leaveWith(this.#signal.reason);
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #waiting = false;
  #over = false;

  constructor(feed: Feed, place: Place, { signal, tap }: SubscriberOptions) {
    this.#feed = feed;
    this.place = place;
    this.#signal = signal;
    this.#tap = tap;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => feed.pull(this),
        cancel: (reason) => this.#cancel(reason),
      },
      { highWaterMark: 0 },
    );
    signal.addEventListener('abort', this.#onAbort);
  }

  /** It ended, failed or left: nothing more may be given. */
  get over(): boolean {
    return this.#over;
  }

  /** It begins to wait for the source. */
  wait(): void {
    this.#waiting = true;
    this.#tap?.waiting(true);
  }

  /** Takes a chunk; false when the consumer got nothing of it and goes on waiting. */
  give(chunk: Uint8Array): boolean {
    this.#stopWaiting();
    try {
      const out = this.#tap === undefined ? chunk : this.#tap.chunk(chunk);
      if (out === null) return false;
      this.#controller?.enqueue(out);
    } catch (fault) {
      this.#leaveWith(fault);
    }
    return true;
  }

  /** The source ended. */
  end(): void {
    if (!this.#finish()) return;
    try {
      this.#close(this.#tap?.end() ?? null);
    } catch (fault) {
      this.#controller?.error(fault);
    }
  }

  /** The source failed. */
  fail(fault: unknown): void {
    if (this.#finish()) this.#break(fault);
  }

  #leaveWith(reason: unknown): void {
    if (!this.#finish()) return;
    this.#break(reason);
    void this.#feed.leave(this, reason);
  }

  #break(fault: unknown): void {
    try {
      const last = this.#tap?.fail(fault) ?? null;
      if (last === null) this.#controller?.error(fault);
      else this.#close(last);
    } catch (defect) {
      this.#controller?.error(defect);
    }
  }

  #cancel(reason: unknown): Promise<void> | undefined {
    if (!this.#finish()) return undefined;
    this.#tap?.cancel();
    return this.#feed.leave(this, reason);
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#stopWaiting();
    return true;
  }

  #stopWaiting(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#tap?.waiting(false);
  }

  #close(last: Uint8Array | null): void {
    if (last !== null && last.length > 0) this.#controller?.enqueue(last);
    this.#controller?.close();
  }
}
