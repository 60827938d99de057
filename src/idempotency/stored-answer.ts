import { joinBytes } from '../bytes.ts';
import { asObject, parseObject } from '../json.ts';

/** The first answer to an idempotency key. */
export interface StoredAnswer {
  /** Of the call that it answers. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The version of all that follows: a count (32 bits, big endian), that many bytes of JSON, and the body. */
const VERSION = 1;
const HEAD_BYTES = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function writeAnswer({ body, ...meta }: StoredAnswer): Uint8Array {
  const json = encoder.encode(JSON.stringify(meta));
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, json.length);
  return joinBytes([head, json, body]);
}

/** Null for what is no answer, or one of another version. */
export function readAnswer(bytes: Uint8Array): StoredAnswer | null {
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return null;
  const bodyAt = HEAD_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  const meta = parseObject(decoder.decode(bytes.subarray(HEAD_BYTES, bodyAt)));
  const headers = asObject(meta?.headers);
  if (meta === null || headers === null || bodyAt > bytes.length) return null;
  const { fingerprint, status } = meta;
  if (typeof fingerprint !== 'string' || typeof status !== 'number') return null;
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { fingerprint, status, headers: Object.fromEntries(texts), body: bytes.subarray(bodyAt) };
}
