import type { StreamStart, StreamTap, UpstreamFault } from '../../../src/ports/fetch.ts';
import type { BodyReader, HeldBody } from './flow.ts';

const NO_TAP: StreamTap = {
  chunk: (bytes) => bytes,
  end: () => null,
  fail: () => null,
  cancel() {},
  waiting() {},
};

/**
 * A body as the underlying source of a `ReadableStream`. A chunk that comes while a read is pending goes through the tap
 * and into the read in the same turn; no further stream or Node stream stands between, as each would cost a tenth of the
 * relaying of a chunk.
 */
export class TappedStream implements BodyReader, UnderlyingDefaultSource<Uint8Array> {
  readonly #body: HeldBody;
  readonly #tap: StreamTap;
  readonly #when: StreamStart | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #wanted = false;
  #over = false;

  constructor(body: HeldBody, tap: StreamTap = NO_TAP, when?: StreamStart) {
    this.#body = body;
    this.#tap = tap;
    this.#when = when;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#body.attach(this);
    if (this.#when === 'at-once' && !this.#over) this.pull();
  }

  pull(): void {
    const held = this.#body.takeHeld();
    if (held === null || !this.#pass(held)) this.#want(true);
    this.#body.proceed();
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#body.stop();
    this.#tap.cancel();
  }

  take(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    if (!this.#wanted) return false;
    this.#want(false);
    if (!this.#pass(bytes)) this.#want(true);
    return true;
  }

  finish(fault: UpstreamFault | null): void {
    if (this.#over) return;
    // What was read before anybody asked is still to be taken: an error would sweep it away. The next pull comes back here.
    if (fault?.kind !== 'aborted' && (this.#controller?.desiredSize ?? 0) < 0) return;
    this.#want(false);
    if (fault !== null) this.#breakOff(fault);
    else this.#end();
  }

  #end(): void {
    try {
      this.#close(this.#tap.end());
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** False when the tap keeps everything back, so that the read is still open. */
  #pass(bytes: Uint8Array): boolean {
    try {
      const out = this.#tap.chunk(bytes);
      if (out === null) return false;
      this.#controller?.enqueue(out);
    } catch (error) {
      this.#breakOff(error);
    }
    return true;
  }

  #want(wanted: boolean): void {
    if (this.#wanted === wanted) return;
    this.#wanted = wanted;
    this.#tap.waiting(wanted);
  }

  #breakOff(fault: unknown): void {
    this.#over = true;
    this.#body.stop();
    const last = this.#lastWords(fault);
    if (last === null) this.#controller?.error(fault);
    else this.#close(last);
  }

  /** A tap that fails even here must not take down the parser that called us. */
  #lastWords(fault: unknown): Uint8Array | null {
    try {
      return this.#tap.fail(fault);
    } catch {
      return null;
    }
  }

  #close(last: Uint8Array | null): void {
    this.#over = true;
    if (last !== null && last.byteLength > 0) this.#controller?.enqueue(last);
    this.#controller?.close();
  }
}
