import { type Feed, Place, Subscriber, type SubscriberOptions } from './subscriber.ts';

/** Memory that is left for all that share it. It may go below 0 by the last that was taken. */
export interface MemoryBudget {
  left: number;
}

export interface BroadcastOptions {
  /** Memory for what has passed, and how far the slowest subscriber may fall behind once that is used up. */
  readonly maxBytes: number;
  readonly budget: MemoryBudget;
  /** Told once, when the last subscriber left before the end, with its reason. */
  readonly onAbandoned: (reason: unknown) => void;
}

/** All that a source gave. */
export interface Recording {
  readonly chunks: readonly Uint8Array[];
  /** False: the source was not read to its end, since all subscribers had left. What they had got may be all there is. */
  readonly ended: boolean;
}

/** What a chunk takes beside its bytes: array, buffer and place, measured on V8 (Node 24). */
const CHUNK_BYTES = 500;

type Ending = { readonly fault: unknown } | 'clean';

/**
 * One source for any number of subscribers, each of which gets all of it, whenever it joined. The source is read when any
 * of them wants more. Once more has passed than may be kept, nobody can join; what all have read is dropped, and the
 * source waits for the slowest.
 */
export class Broadcast implements Feed {
  /** What passed, once the source ended or all left; null when it failed or was too much to keep. */
  readonly recording: Promise<Recording | null>;
  readonly #record: (recording: Recording | null) => void;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: BroadcastOptions;
  /** Where a new subscriber begins; once nobody may join, where the slowest is. */
  #oldest = new Place();
  #newest = this.#oldest;
  #heldBytes = 0;
  #joinable = true;
  #ending: Ending | null = null;
  #subscribers = 0;
  #waiting = new Set<Subscriber>();
  #reading = false;

  constructor(source: ReadableStream<Uint8Array>, options: BroadcastOptions) {
    const { promise, resolve } = Promise.withResolvers<Recording | null>();
    this.recording = promise;
    this.#record = resolve;
    this.#reader = source.getReader();
    this.#options = options;
  }

  get joinable(): boolean {
    return this.#joinable;
  }

  /** All that has passed and that will; the chunks are shared, and not to be changed or transferred. Only while it is `joinable`, and with a signal that has not fired. */
  subscribe(options: SubscriberOptions): ReadableStream<Uint8Array> {
    const subscriber = new Subscriber(this, this.#oldest, options);
    this.#oldest.readers++;
    this.#subscribers++;
    return subscriber.stream;
  }

  /** Nobody may join any more, and nothing is kept but for those who did. */
  close(): void {
    this.#joinable = false;
    this.#record(null);
    this.#drop();
  }

  pull(subscriber: Subscriber): void {
    if (!this.#giveNext(subscriber)) this.#await(subscriber);
    this.#read();
  }

  async leave(subscriber: Subscriber, reason: unknown): Promise<void> {
    this.#waiting.delete(subscriber);
    this.#release(subscriber);
    if (this.#ending !== null) return;
    if (this.#subscribers > 0) {
      this.#read();
      return;
    }
    this.#ending = { fault: reason };
    if (this.#joinable) this.#record({ chunks: this.#chunks(), ended: false });
    this.close();
    this.#options.onAbandoned(reason);
    await this.#reader.cancel(reason).catch(() => {});
  }

  /** True when the subscriber has something, or wants nothing more. */
  #giveNext(subscriber: Subscriber): boolean {
    for (let chunk = this.#next(subscriber); chunk !== null; chunk = this.#next(subscriber)) {
      if (subscriber.give(chunk)) return true;
    }
    return subscriber.over;
  }

  #await(subscriber: Subscriber): void {
    if (this.#ending !== null) {
      this.#finish(subscriber, this.#ending);
      return;
    }
    this.#waiting.add(subscriber);
    subscriber.wait();
  }

  /** Moves a subscriber on by a chunk; null where it has all that came. */
  #next(subscriber: Subscriber): Uint8Array | null {
    const { chunk, next } = subscriber.place;
    if (next === null) return null;
    subscriber.place.readers--;
    next.readers++;
    subscriber.place = next;
    this.#drop();
    return chunk;
  }

  #read(): void {
    if (this.#reading || this.#ending !== null || this.#waiting.size === 0) return;
    if (!this.#joinable && this.#heldBytes >= this.#options.maxBytes) return;
    this.#reading = true;
    this.#reader.read().then(
      ({ done, value }) => {
        this.#reading = false;
        if (done) this.#end('clean');
        else this.#pass(value);
      },
      (fault: unknown) => this.#end({ fault }),
    );
  }

  #pass(chunk: Uint8Array): void {
    // All left while it was on its way.
    if (this.#ending !== null) return;
    this.#append(chunk);
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const subscriber of waiting) this.pull(subscriber);
    this.#read();
  }

  #append(chunk: Uint8Array): void {
    const place = this.#newest;
    place.chunk = chunk;
    place.bytes = chunk.byteLength + CHUNK_BYTES;
    place.next = this.#newest = new Place();
    this.#heldBytes += place.bytes;
    const { maxBytes, budget } = this.#options;
    budget.left -= place.bytes;
    if (this.#joinable && (this.#heldBytes > maxBytes || budget.left < 0)) this.close();
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    if (ending !== 'clean') this.close();
    else if (this.#joinable) this.#record({ chunks: this.#chunks(), ended: true });
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const subscriber of waiting) this.#finish(subscriber, ending);
  }

  #finish(subscriber: Subscriber, ending: Ending): void {
    this.#release(subscriber);
    if (ending === 'clean') subscriber.end();
    else subscriber.fail(ending.fault);
  }

  #release(subscriber: Subscriber): void {
    this.#subscribers--;
    subscriber.place.readers--;
    // Whoever still holds its stream is not to hold what comes after.
    subscriber.place = new Place();
    this.#drop();
  }

  /** Lets go of what nobody will read. */
  #drop(): void {
    if (this.#joinable) return;
    while (this.#oldest.readers === 0 && this.#oldest.next !== null) {
      this.#heldBytes -= this.#oldest.bytes;
      this.#options.budget.left += this.#oldest.bytes;
      this.#oldest = this.#oldest.next;
    }
  }

  #chunks(): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (let place: Place | null = this.#oldest; place !== null; place = place.next) {
      if (place.chunk !== null) chunks.push(place.chunk);
    }
    return chunks;
  }
}
