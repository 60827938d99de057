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
import type { BodySink, BodySource } from './body.ts';
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

/** Stands between a connection and a body. One encoding only: a list of them counts as unknown. */
export function createDecoder(encoding: string, source: BodySource, createBody: BodySink): BodySink {
  return new Decoder(encoding, source, createBody);
}

class Decoder implements BodySink {
}
