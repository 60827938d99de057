import type { StreamTap, UpstreamFault } from '../../../src/ports/fetch.ts';

/** What may wait here before the upstream is told to stop: about what a socket reads at once. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The upstream's end of a body. */
export interface BodySource {
  pause(): void;
  resume(): void;
  /** Closes the connection. */
  abort(): void;
}

const PASS: StreamTap = {
  chunk: (bytes) => bytes,
  end: () => null,
  fail: () => null,
  cancel: () => {},
  waiting: () => {},
};

/**
 * A body between the parser that pushes and the reader that pulls. It is the only queue there is: what a reader
 * waits for goes to it at once, and no `Readable` stands in between.
 */
export class BodyQueue {
  readonly #source: BodySource;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #fault: UpstreamFault | null = null;
  /** Told when something came; null while nobody reads. */
  #wake: (() => void) | null = null;

  constructor(source: BodySource) {
    this.#source = source;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#wake?.();
    if (this.#bytes >= HIGH_WATER_BYTES && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** An abort does not wait for what is still queued: nobody wants it. */
  fail(fault: UpstreamFault): void {
    if (this.#ended || this.#fault !== null) return;
    this.#fault = fault;
    if (fault.kind === 'aborted') this.#clear();
    this.#wake?.();
  }

  stream(tap: StreamTap = PASS): ReadableStream<Uint8Array> {
    let controller: ReadableStreamDefaultController<Uint8Array>;
    let wanted = false;

    const close = (last: Uint8Array | null): void => {
      this.#wake = null;
      if (last !== null && last.length > 0) controller.enqueue(last);
      controller.close();
    };
    const finish = (): void => {
      if (this.#fault === null) return close(tap.end());
      const last = tap.fail(this.#fault);
      if (last !== null) return close(last);
      this.#wake = null;
      controller.error(this.#fault);
    };
    const move = (): void => {
      while (wanted) {
        const chunk = this.#shift();
        if (chunk === undefined) break;
        const out = tap.chunk(chunk);
        if (out === null) continue;
        wanted = false;
        tap.waiting(false);
        controller.enqueue(out);
      }
      if (this.#over) finish();
    };

    return new ReadableStream<Uint8Array>(
      {
        start: (given) => {
          controller = given;
          this.#wake = move;
        },
        pull: () => {
          wanted = true;
          tap.waiting(true);
          move();
        },
        cancel: () => {
          this.#wake = null;
          this.#clear();
          tap.cancel();
          this.#source.abort();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** @throws UpstreamFault; `onTooLarge` makes the one for a body over `maxBytes`. */
  collect(maxBytes: number, onTooLarge: () => UpstreamFault): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    return new Promise((resolve, reject) => {
      const move = (): void => {
        for (let chunk = this.#shift(); chunk !== undefined; chunk = this.#shift()) {
          size += chunk.length;
          parts.push(chunk);
        }
        if (size > maxBytes) {
          this.fail(onTooLarge());
          this.#source.abort();
        }
        if (!this.#over) return;
        this.#wake = null;
        if (this.#fault !== null) reject(this.#fault);
        else resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size));
      };
      this.#wake = move;
      move();
    });
  }

  /** Nothing more will come, and all that came was taken. */
  get #over(): boolean {
    return this.#chunks.length === 0 && (this.#ended || this.#fault !== null);
  }

  #shift(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) this.#bytes -= chunk.length;
    if (this.#paused && this.#bytes === 0) {
      this.#paused = false;
      this.#source.resume();
    }
    return chunk;
  }

  #clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
