import { type StreamTap, UpstreamFault } from '../../../src/ports/fetch.ts';
import { Collector } from './collector.ts';
import { TappedStream } from './tapped-stream.ts';

/** Where bytes come from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  /** Closes the connection; nothing comes any more. Harmless after the end. */
  stop(reason: Error): void;
}

/** Where bytes go to: any number of `push`, then one `end` or `fail`. */
export interface BodySink {
  push(bytes: Uint8Array): void;
  end(): void;
  fail(fault: UpstreamFault): void;
}

/** Who reads a body. */
export interface BodyReader {
  /** False: not now, keep it. */
  take(bytes: Uint8Array): boolean;
  /** Everything was taken, and the body has ended, or failed with `fault`. */
  finish(fault: UpstreamFault | null): void;
}

/** What a call may hold for a reader that is slower than its upstream; one read of the socket (64 KiB) may come on top. */
const HELD_BYTES = 65_536;

/** Holds what nobody has read yet, and pauses the source when that is enough. */
export class UpstreamBody implements BodySink {
  readonly #source: BodySource;
  #reader: BodyReader | null = null;
  #used = false;
  #held: Uint8Array[] = [];
  #size = 0;
  #paused = false;
  #ended = false;
  #fault: UpstreamFault | null = null;

  constructor(source: BodySource) {
    this.#source = source;
  }

  push(bytes: Uint8Array): void {
    if (this.#reader?.take(bytes) === true) return;
    this.#held.push(bytes);
    this.#size += bytes.byteLength;
    if (this.#size < HELD_BYTES) return;
    this.#paused = true;
    this.#source.pause();
  }

  end(): void {
    this.#ended = true;
    this.proceed();
  }

  fail(fault: UpstreamFault): void {
    this.#ended = true;
    this.#fault = fault;
    // Who gave up wants no more; but what came before a cut is passed on before it.
    if (fault.kind === 'aborted') this.takeHeld();
    this.proceed();
  }

  stream(tap?: StreamTap): ReadableStream<Uint8Array> {
    this.#use();
    return new ReadableStream(new TappedStream(this, tap), { highWaterMark: 0 });
  }

  collect(maxBytes: number): Promise<Uint8Array> {
    this.#use();
    return new Promise((resolve, reject) => {
      this.attach(new Collector(this, maxBytes, resolve, reject));
    });
  }

  /** Closes the connection if it is still in use. */
  stop(reason: Error = new UpstreamFault('aborted', 'the body was not wanted')): void {
    this.#source.stop(reason);
    this.takeHeld();
  }

  attach(reader: BodyReader): void {
    this.#reader = reader;
    const held = this.takeHeld();
    if (held !== null && !reader.take(held)) this.#hold(held);
    this.proceed();
  }

  /** All that is held, as one chunk: a reader that fell behind catches up at once. */
  takeHeld(): Uint8Array | null {
    const [first] = this.#held;
    if (first === undefined) return null;
    const bytes = this.#held.length === 1 ? first : Buffer.concat(this.#held, this.#size);
    this.#held = [];
    this.#size = 0;
    return bytes;
  }

  /** Lets the source go on, or the reader finish, when nothing is held. More may come before this returns. */
  proceed(): void {
    if (this.#size > 0 || this.#reader === null) return;
    if (this.#ended) return this.#reader.finish(this.#fault);
    if (!this.#paused) return;
    this.#paused = false;
    this.#source.resume();
  }

  #hold(bytes: Uint8Array): void {
    this.#held = [bytes];
    this.#size = bytes.byteLength;
  }

  #use(): void {
    if (this.#used) throw new TypeError('the body of a reply can be read once');
    this.#used = true;
  }
}
