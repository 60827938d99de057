import type { Answer } from '../domain/answer.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { Broadcast, type BroadcastOptions, type Recording } from './broadcast.ts';

/** One of those who share the answer of a flight. */
export interface Passenger<Head> {
  /** Aborts when its client has gone or its time is over; the others fly on. */
  readonly signal: AbortSignal;
  /** Made when the answer is a stream: what stands between it and this client. */
  tap?(head: Head): StreamTap;
}

/** Who began a flight. Most fly alone and pay for no more: the call is then the leader's own, and ends with it. */
export interface Leader<Head> {
  /** Aborts when the call is over before it has an answer. */
  readonly call: AbortSignal;
  /**
   * Told once, when somebody else joins or the answer is a stream: from now on the leader is a passenger like all others.
   * @param all aborts when nobody wants the answer any more, with the reason of the last who left; the call ends with it
   */
  share(all: AbortSignal): Passenger<Head>;
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

export interface FlightOptions<Head> extends Omit<BroadcastOptions, 'onAbandoned'> {
  readonly leader: Leader<Head>;
}

/** One call of a provider, and all who wait for its answer. */
export class Flight<Head> {
  readonly #options: FlightOptions<Head>;
  readonly #forLeader = Promise.withResolvers<Landing<Head>>();
  /** Null: the leader flies alone. */
  #all: AbortController | null = null;
  readonly #waiting = new Set<Waiting<Head>>();
  #phase: Phase<Head> = { name: 'waiting' };
  #closed = false;

  constructor(options: FlightOptions<Head>) {
    this.#options = options;
  }

  /** The answer as the leader gets it. Rejects as the flight does, or with the reason of the leader's own signal. */
  get landing(): Promise<Landing<Head>> {
    return this.#forLeader.promise;
  }

  get joinable(): boolean {
    const phase = this.#phase;
    if (this.#closed || phase.name === 'failed') return false;
    if (phase.name === 'streaming') return phase.broadcast.joinable;
    return phase.name === 'whole' || this.#all !== null || !this.#options.leader.call.aborted;
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
    const { promise, resolve, reject } = Promise.withResolvers<Landing<Head>>();
    // First, so that a leader who is about to leave leaves somebody behind.
    this.#await(passenger, { resolve, reject });
    this.#share();
    return promise;
  }

  /** The answer has come in one piece. */
  land(landing: Landing<Head> & { readonly body: Uint8Array | string | null }): void {
    if (this.#phase.name !== 'waiting') return;
    this.#phase = { name: 'whole', landing };
    if (this.#all === null) this.#forLeader.resolve(landing);
    for (const { resolve } of this.#waiting) resolve(landing);
    this.#waiting.clear();
  }

  /**
   * The answer has begun to come. Its recording is null when it broke off or was too much to keep.
   * When all have left already, the stream is cancelled.
   */
  landStream(head: Head, source: ReadableStream<Uint8Array>): Promise<Recording | null> {
    const all = this.#share();
    if (this.#phase.name !== 'waiting') {
      source.cancel(all.signal.reason).catch(() => {});
      return Promise.resolve(null);
    }
    const broadcast = new Broadcast(source, {
      ...this.#options,
      onAbandoned: (reason) => all.abort(reason),
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
    if (this.#all === null) this.#forLeader.reject(fault);
    for (const { reject } of this.#waiting) reject(fault);
    this.#waiting.clear();
  }

  /** Nobody may join any more. */
  close(): void {
    this.#closed = true;
    if (this.#phase.name === 'streaming') this.#phase.broadcast.close();
  }

  #share(): AbortController {
    if (this.#all !== null) return this.#all;
    const all = new AbortController();
    this.#all = all;
    this.#await(this.#options.leader.share(all.signal), this.#forLeader);
    return all;
  }

  #await(passenger: Passenger<Head>, told: Pick<Waiting<Head>, 'resolve' | 'reject'>): void {
    const { signal } = passenger;
    const onAbort = () => this.#leave(waiting, signal.reason);
    const settled = () => signal.removeEventListener('abort', onAbort);
    const waiting: Waiting<Head> = {
      passenger,
      resolve(landing) {
        settled();
        told.resolve(landing);
      },
      reject(fault) {
        settled();
        told.reject(fault);
      },
    };
    signal.addEventListener('abort', onAbort);
    this.#waiting.add(waiting);
    if (signal.aborted) onAbort();
  }

  #leave(waiting: Waiting<Head>, reason: unknown): void {
    this.#waiting.delete(waiting);
    waiting.reject(reason);
    if (this.#waiting.size > 0) return;
    this.#phase = { name: 'failed' };
    this.#all?.abort(reason);
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
