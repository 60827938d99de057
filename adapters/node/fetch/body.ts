import { type StreamStart, type StreamTap, UpstreamFault } from '../../../src/ports/fetch.ts';
import { Collector } from './collector.ts';
import type { BodyReader, BodySink, BodySource, HeldBody } from './flow.ts';
import { TappedStream } from './tapped-stream.ts';

/** What a call may hold for a reader that is slower than its upstream; one read of the socket (64 KiB) may come on top. */
const HELD_BYTES = 65_536;

/** Holds what nobody has read yet, and pauses the source when that is enough. */
export class UpstreamBody implements BodySink, HeldBody {
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
    if (fault.kind === 'aborted') this.#drop();
    this.proceed();
  }

  stream(tap?: StreamTap, start?: StreamStart): ReadableStream<Uint8Array> {
    this.#use();
    return new ReadableStream(new TappedStream(this, tap, start), { highWaterMark: 0 });
  }

  collect(maxBytes: number): Promise<Uint8Array> {
    this.#use();
    return new Promise((resolve, reject) => {
      const collector = new Collector(this, maxBytes, resolve, reject);
      for (const bytes of this.#held) collector.take(bytes);
      this.#drop();
      this.attach(collector);
    });
  }

  stop(reason: Error = new UpstreamFault('aborted', 'the body was not wanted')): void {
    this.#source.stop(reason);
    this.#drop();
  }

  attach(reader: BodyReader): void {
    this.#reader = reader;
    this.proceed();
  }

  takeHeld(): Uint8Array | null {
    const [first] = this.#held;
    if (first === undefined) return null;
    const bytes = this.#held.length === 1 ? first : Buffer.concat(this.#held, this.#size);
    this.#drop();
    return bytes;
  }

  proceed(): void {
    if (this.#size > 0 || this.#reader === null) return;
    if (this.#ended) this.#reader.finish(this.#fault);
    else if (this.#paused) {
      this.#paused = false;
      this.#source.resume();
    }
  }

  #drop(): void {
    this.#held = [];
    this.#size = 0;
  }

  #use(): void {
    if (this.#used) throw new TypeError('the body of a reply can be read once');
    this.#used = true;
  }
}
