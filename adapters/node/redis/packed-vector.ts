import type { StoredVector } from '../../../src/ports/vector-store.ts';

/**
 * A vector as a field of a hash holds it:
 *
 * | byte | what |
 * | --- | --- |
 * | 0 | 1, the version |
 * | 1-8 | milliseconds since 1970 at which it ends, as a 64-bit float |
 * | 9-12 | bytes in the facts |
 * | 13- | the facts in UTF-8, then the numbers of the vector as 32-bit floats |
 *
 * All numbers are little-endian.
 */
const VERSION = 1;
const HEADER_BYTES = 13;
const FLOAT_BYTES = 4;

export interface Packed extends Pick<StoredVector, 'vector' | 'facts'> {
  readonly endsAt: number;
}

export function packVector({ vector, facts, endsAt }: Packed): Buffer {
  const text = Buffer.from(facts, 'utf8');
  const bytes = Buffer.alloc(HEADER_BYTES + text.length + FLOAT_BYTES * vector.length);
  bytes[0] = VERSION;
  bytes.writeDoubleLE(endsAt, 1);
  bytes.writeUInt32LE(text.length, 9);
  text.copy(bytes, HEADER_BYTES);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, HEADER_BYTES + text.length + FLOAT_BYTES * index);
  });
  return bytes;
}

/** Null for what is no whole vector of this version. */
export function unpackVector(bytes: Buffer): Packed | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) return null;
  const from = HEADER_BYTES + bytes.readUInt32LE(9);
  const rest = bytes.length - from;
  if (rest < 0 || rest % FLOAT_BYTES !== 0) return null;
  const vector = new Float32Array(rest / FLOAT_BYTES);
  for (let index = 0; index < vector.length; index++) {
    vector[index] = bytes.readFloatLE(from + FLOAT_BYTES * index);
  }
  return { vector, facts: bytes.toString('utf8', HEADER_BYTES, from), endsAt: bytes.readDoubleLE(1) };
}
