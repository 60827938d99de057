import { joinBytes } from '../bytes.ts';
import type { JsonObject, JsonValue } from '../domain/call.ts';
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
const decoder = new TextDecoder('utf-8', { fatal: true });

export function writeAnswer({ body, ...meta }: StoredAnswer): Uint8Array {
  const json = encoder.encode(JSON.stringify({ ...meta, bytes: body.length }));
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, json.length);
  return joinBytes([head, json, body]);
}

/** Null for what is no whole answer, or one of another version. */
export function readAnswer(stored: Uint8Array): StoredAnswer | null {
  if (stored.length < HEAD_BYTES || stored[0] !== VERSION) return null;
  const bodyAt = HEAD_BYTES + new DataView(stored.buffer, stored.byteOffset).getUint32(1);
  const meta = bodyAt > stored.length ? null : parse(stored.subarray(HEAD_BYTES, bodyAt));
  const headers = textsOf(meta?.headers);
  if (meta === null || headers === null) return null;
  const { fingerprint, status, bytes } = meta;
  const body = stored.subarray(bodyAt);
  if (typeof fingerprint !== 'string' || !isSuccess(status) || bytes !== body.length) return null;
  return { fingerprint, status, headers, body };
}

/** What is stored, and what a response can be made of. */
export function isSuccess(status: JsonValue | undefined): status is number {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) < 300;
}

function parse(json: Uint8Array): JsonObject | null {
  try {
    return parseObject(decoder.decode(json));
  } catch {
    return null;
  }
}

function textsOf(value: JsonValue | undefined): Record<string, string> | null {
  const texts: Record<string, string> = {};
  const object = asObject(value);
  if (object === null) return null;
  for (const [name, text] of Object.entries(object)) {
    if (typeof text !== 'string') return null;
    texts[name] = text;
  }
  return texts;
}
