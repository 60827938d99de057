import { asBytes, asText } from '../bytes.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { JsonObject } from '../domain/call.ts';
import { parseObject } from '../json.ts';
import { readMeta } from './entry-meta.ts';

/** `LEC` and the version of all that follows: a count (32 bits, big endian), that many bytes of JSON, and the body. */
const MAGIC = [0x4c, 0x45, 0x43, 1] as const;
const HEADER_BYTES = MAGIC.length + 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes that a store keeps. */
export function encodeEntry({ body: said, ...meta }: Entry): Uint8Array {
  const body = asBytes(said);
  const json = encoder.encode(JSON.stringify({ ...meta, bytes: body.length }));
  const bytes = new Uint8Array(HEADER_BYTES + json.length + body.length);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, json.length);
  bytes.set(json, HEADER_BYTES);
  bytes.set(body, HEADER_BYTES + json.length);
  return bytes;
}

/**
 * The entry that the bytes are; a body that is no text is a view on them. Null for whatever else stood in the store: another version,
 * something cut short, something that was never an entry.
 */
export function decodeEntry(bytes: Uint8Array): Entry | null {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte)) return null;
  const bodyAt = HEADER_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length);
  if (bodyAt > bytes.length) return null;
  const json = parseJson(bytes.subarray(HEADER_BYTES, bodyAt));
  const body = bytes.subarray(bodyAt);
  if (json === null || json.bytes !== body.length) return null;
  const meta = readMeta(json, body.length);
  return meta === null ? null : { ...meta, body: meta.kind === 'json' ? asText(body) : body };
}

function parseJson(bytes: Uint8Array): JsonObject | null {
  try {
    return parseObject(decoder.decode(bytes));
  } catch {
    return null;
  }
}
