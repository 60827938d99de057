import { UpstreamFault } from '../../../src/ports/fetch.ts';
import type { BodyReader, HeldBody } from './flow.ts';

/** Gathers a body whole. */
export class Collector implements BodyReader {
  readonly #body: HeldBody;
  readonly #maxBytes: number;
  readonly #resolve: (whole: Uint8Array) => void;
  readonly #reject: (fault: UpstreamFault) => void;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(
    body: HeldBody,
    maxBytes: number,
    resolve: (whole: Uint8Array) => void,
    reject: (fault: UpstreamFault) => void,
  ) {
    this.#body = body;
    this.#maxBytes = maxBytes;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  take(bytes: Uint8Array): boolean {
    this.#size += bytes.byteLength;
    if (this.#size <= this.#maxBytes) this.#chunks.push(bytes);
    else this.#refuse();
    return true;
  }

  finish(fault: UpstreamFault | null): void {
    if (fault !== null) this.#reject(fault);
    else this.#resolve(this.#whole());
  }

  /** A plain Uint8Array: a Buffer's `slice` shares memory, which a reader of web standards does not expect. */
  #whole(): Uint8Array {
    const [only] = this.#chunks;
    const whole =
      only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#size);
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
  }

  #refuse(): void {
    this.#chunks.length = 0;
    const fault = new UpstreamFault('too_large', `the body is over ${this.#maxBytes} bytes`);
    this.#body.stop(fault);
    this.#reject(fault);
  }
}
