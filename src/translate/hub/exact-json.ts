import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject } from '../../json.ts';

/** https://tc39.es/proposal-json-parse-with-source/ ; runtimes without it read such numbers as JavaScript does. */
interface RawJson {
  rawJSON?: (text: string) => JsonObject;
}
const { rawJSON } = JSON as RawJson;

/** Only numbers of many digits, fractions, exponents and -0 can come out in another form. */
const DELICATE = /\d{16}|\d[.eE]|-0/;

/**
 * The object that a text is the JSON of, for being written again; null for anything else. Numbers keep their digits
 * (`12345678901234567890`, `1.0`). Lost are white space, and the order of keys that look like array indices, which JavaScript
 * puts first; but the same text always gives the same order, so that a provider's prompt cache still hits.
 */
export function parseExact(text: string): JsonObject | null {
  try {
    const exact = rawJSON !== undefined && DELICATE.test(text);
    return asObject((exact ? JSON.parse(text, keepDigits) : JSON.parse(text)) as JsonValue);
  } catch {
    return null;
  }
}

function keepDigits(_key: string, value: JsonValue, context?: { readonly source?: string }): JsonValue {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return rawJSON?.(source) ?? value;
}

/** Integers beyond 2^53, as the ids of some services are. */
const MANY_DIGITS = /\d{16}/;

/**
 * The body with one field of it parsed so that its numbers keep their digits: for Anthropic's tool inputs, which are objects
 * on the wire and go on as text. Nearly always the body itself.
 */
export function withExactField(json: JsonObject, text: string, field: string): JsonObject {
  if (!MANY_DIGITS.test(text)) return json;
  return { ...json, [field]: parseExact(text)?.[field] };
}
