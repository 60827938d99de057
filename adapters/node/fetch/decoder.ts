import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { UpstreamFault } from '../../../src/ports/fetch.ts';
import { UpstreamBody } from './body.ts';
import type { BodySink, BodySource } from './flow.ts';
import { joined } from './headers.ts';

/** RFC 9659: no more than 8 MiB of window for `zstd` on the web; the library would grant 128 MiB. */
const ZSTD_WINDOW_LOG = 23;

const DECOMPRESSORS: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // RFC 9110 8.4.1.2: meant is zlib's format, whose first byte says method 8; some servers send bare deflate.
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
};

/** Null when there is nothing to undo. */
export function encodingOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const encoding = joined(header)?.trim().toLowerCase() ?? '';
  return encoding === '' || encoding === 'identity' ? null : encoding;
}

/** Stands between a connection and a body, and hands back-pressure on. A list of encodings counts as unknown. */
export class Decoder implements BodySink, BodySource {
  readonly body: UpstreamBody = new UpstreamBody(this);
  readonly #encoding: string;
  readonly #source: BodySource;
  #stream: Transform | null = null;
  #over = false;

  constructor(encoding: string, source: BodySource) {
    this.#encoding = encoding;
    this.#source = source;
  }

  push(bytes: Uint8Array): void {
    const [first] = bytes;
    if (this.#over || first === undefined) return;
    this.#stream ??= this.#open(first);
    if (this.#stream?.write(bytes) === false) this.#source.pause();
  }

  end(): void {
    if (this.#over) return;
    // A reply without a body may name an encoding all the same.
    if (this.#stream === null) this.#finish();
    else this.#stream.end();
  }

  fail(fault: UpstreamFault): void {
    if (!this.#shut()) return;
    this.body.fail(fault);
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  stop(reason: Error): void {
    this.#shut();
    this.#source.stop(reason);
  }

  #open(first: number): Transform | null {
    const create = DECOMPRESSORS[this.#encoding];
    if (create === undefined) return this.#refuse(new Error(`unknown content-encoding "${this.#encoding}"`));
    return create(first)
      .on('data', (bytes: Buffer) => this.body.push(bytes))
      .on('drain', () => this.#source.resume())
      .on('end', () => this.#finish())
      .on('error', (cause) => this.#refuse(cause));
  }

  #finish(): void {
    if (this.#shut()) this.body.end();
  }

  #refuse(cause: Error): null {
    if (!this.#shut()) return null;
    const fault = new UpstreamFault('encoding', `${this.#encoding}: ${cause.message}`, { cause });
    this.#source.stop(fault);
    this.body.fail(fault);
    return null;
  }

  /** False when it was shut before. */
  #shut(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#stream?.destroy();
    return true;
  }
}
