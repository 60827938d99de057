import type { Gzip } from './compression.ts';

/**
 * What stands in a remote store for a value: a version, how it is encoded, and the length of the value, so that what was
 * cut or written by something else is known for it, and a small entry cannot ask for much memory.
 *
 * | byte | what |
 * | --- | --- |
 * | 0 | 1, the version |
 * | 1 | 0: the value as it is, 1: gzip (RFC 1952) |
 * | 2-5 | bytes in the value, big-endian |
 * | 6- | the value, encoded |
 */
const VERSION = 1;
const PLAIN = 0;
const GZIP = 1;
const HEADER_BYTES = 6;
/** Deflate makes a byte stand for at most 1032 (https://zlib.net/zlib_tech.html). */
const MAX_RATIO = 1032;

export interface SealOptions {
  readonly gzip: Gzip;
  /** Values longer than this are compressed, if that makes them shorter. */
  readonly compressAbove: number;
}

/** The entry shares no bytes with the value. */
export async function sealEntry(
  value: Uint8Array,
  { gzip, compressAbove }: SealOptions,
): Promise<Uint8Array> {
  const { byteLength } = value;
  if (byteLength > compressAbove) {
    const packed = await gzip.compress(value);
    if (packed.byteLength < byteLength) return entry(GZIP, byteLength, packed);
  }
  return entry(PLAIN, byteLength, value);
}

/** Null for what is no whole entry of this version. The value shares no bytes with the entry. */
export async function openEntry(stored: Uint8Array, gzip: Gzip): Promise<Uint8Array | null> {
  if (stored.byteLength < HEADER_BYTES || stored[0] !== VERSION) return null;
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(2);
  const payload = stored.subarray(HEADER_BYTES);
  switch (stored[1]) {
    case PLAIN:
      return payload.byteLength === length ? new Uint8Array(payload) : null;
    case GZIP:
      return length <= payload.byteLength * MAX_RATIO ? unpack(payload, length, gzip) : null;
    default:
      return null;
  }
}

async function unpack(payload: Uint8Array, length: number, gzip: Gzip): Promise<Uint8Array | null> {
  try {
    return await gzip.decompress(payload, length);
  } catch {
    return null;
  }
}

function entry(encoding: number, length: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.byteLength);
  bytes[0] = VERSION;
  bytes[1] = encoding;
  new DataView(bytes.buffer).setUint32(2, length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}
