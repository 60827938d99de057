import type { Answer } from '../domain/answer.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { Broadcast, type BroadcastOptions, type Recording } from './broadcast.ts';

/** One of those who want the answer of a flight. */
export interface Passenger<Head> {
  /** Aborts when its client has gone or its time is over; the others fly on. */
  readonly signal: AbortSignal;
  /** Made when the answer is a stream: what stands between it and this client. */
  tap?(head: Head): StreamTap;
}

/** The answer as one passenger gets it. */
export interface Landing<Head> {
  readonly head: Head;
  /** A stream is the passenger's own; all else is shared, and not to be changed or transferred. */
  readonly body: Answer['body'];
}

interface Waiting<Head> {
  readonly passenger: Passenger<Head>;
  readonly resolve: (landing: Landing<Head>) => void;
  readonly reject: (fault: unknown) => void;
}

type Phase<Head> =
  | { readonly name: 'waiting' }
  | { readonly name: 'whole'; readonly landing: Landing<Head> }
  | { readonly name: 'streaming'; readonly head: Head; readonly broadcast: Broadcast }
  | { readonly name: 'failed' };

export type FlightOptions = Omit<BroadcastOptions, 'onAbandoned'>;

/** One call of a provider, and all who wait for its answer. */
export class Flight<Head> {
  readonly #options: FlightOptions;
  readonly #controller = new AbortController();
  readonly #waiting = new Set<Waiting<Head>>();
  #phase: Phase<Head> = { name: 'waiting' };
  #closed = false;

  constructor(options: FlightOptions) {
    this.#options = options;
  }

  /** Aborts when nobody wants the answer any more, with the reason of the last who left. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get joinable(): boolean {
    if (this.#closed || this.#phase.name === 'failed') return false;
    return this.#phase.name !== 'streaming' || this.#phase.broadcast.joinable;
  }

  /** There is an answer, or the beginning of one. */
  get landed(): boolean {
    return this.#phase.name === 'whole' || this.#phase.name === 'streaming';
  }

  /** Only while it is `joinable`, and with a signal that has not fired. Rejects as the flight does, or with the signal's reason. */
  join(passenger: Passenger<Head>): Promise<Landing<Head>> {
    const phase = this.#phase;
    if (phase.name === 'whole') return Promise.resolve(phase.landing);
    if (phase.name === 'streaming') return Promise.resolve(streamLanding(phase, passenger));
    return this.#wait(passenger);
  }

  /** The answer has come in one piece. */
  land(landing: Landing<Head> & { readonly body: Uint8Array | string | null }): void {
    if (this.#phase.name !== 'waiting') return;
    this.#phase = { name: 'whole', landing };
    for (const { resolve } of this.#waiting) resolve(landing);
    this.#waiting.clear();
  }

  /**
   * The answer has begun to come. Its recording is null when it broke off or was too much to keep.
   * When all have left already, the stream is cancelled.
   */
  landStream(head: Head, source: ReadableStream<Uint8Array>): Promise<Recording | null> {
    if (this.#phase.name !== 'waiting') {
      source.cancel(this.signal.reason).catch(() => {});
      return Promise.resolve(null);
    }
    const broadcast = new Broadcast(source, {
      ...this.#options,
      onAbandoned: (reason) => this.#controller.abort(reason),
    });
    const phase = { name: 'streaming', head, broadcast } as const;
    this.#phase = phase;
    // All at once, before any of them reads: whoever waited gets the stream from its first byte.
    for (const waiting of this.#waiting) waiting.resolve(streamLanding(phase, waiting.passenger));
    this.#waiting.clear();
    return broadcast.recording;
  }

  /** There will be no answer. Does nothing when there is one: a stream tells by itself how it ends. */
  fail(fault: unknown): void {
    if (this.#phase.name !== 'waiting') return;
    this.#phase = { name: 'failed' };
    for (const { reject } of this.#waiting) reject(fault);
    this.#waiting.clear();
  }

  /** Nobody may join any more. */
  close(): void {
    this.#closed = true;
    if (this.#phase.name === 'streaming') this.#phase.broadcast.close();
  }

  #wait(passenger: Passenger<Head>): Promise<Landing<Head>> {
    const { signal } = passenger;
    const { promise, resolve, reject } = Promise.withResolvers<Landing<Head>>();
    const onAbort = () => this.#leave(waiting, signal.reason);
    const settled = () => signal.removeEventListener('abort', onAbort);
    const waiting: Waiting<Head> = {
      passenger,
      resolve(landing) {
        settled();
        resolve(landing);
      },
      reject(fault) {
        settled();
        reject(fault);
      },
    };
    signal.addEventListener('abort', onAbort);
    this.#waiting.add(waiting);
    return promise;
  }

  #leave(waiting: Waiting<Head>, reason: unknown): void {
    this.#waiting.delete(waiting);
    waiting.reject(reason);
    if (this.#waiting.size > 0) return;
    this.#phase = { name: 'failed' };
    this.#controller.abort(reason);
  }
}

function streamLanding<Head>(
  { head, broadcast }: { readonly head: Head; readonly broadcast: Broadcast },
  passenger: Passenger<Head>,
): Landing<Head> {
  return {
    head,
    body: broadcast.subscribe({ signal: passenger.signal, tap: passenger.tap?.(head) }),
  };
}
