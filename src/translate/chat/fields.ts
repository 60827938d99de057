import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import { asObject, numberOf } from '../../json.ts';

/** The error for a field that is wrong; `must` goes on the sentence that its path begins. */
export function invalid(field: string, must: string): GatewayError {
  return new GatewayError('invalid_request', `The field "${field}" ${must}.`, { param: field });
}

export function pathOf(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}

/** What a client left out: OpenAI takes null for it everywhere. */
function absent(value: JsonValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}

export function optionalNumber(object: JsonObject, key: string, at = ''): number | undefined {
  const value = object[key];
  if (absent(value)) return undefined;
  const number = numberOf(value);
  if (number === null) throw invalid(pathOf(at, key), 'must be a number');
  return number;
}

export function optionalText(object: JsonObject, key: string, at = ''): string | undefined {
  const value = object[key];
  if (absent(value)) return undefined;
  if (typeof value !== 'string') throw invalid(pathOf(at, key), 'must be a string');
  return value;
}

export function optionalFlag(object: JsonObject, key: string, at = ''): boolean | undefined {
  const value = object[key];
  if (absent(value)) return undefined;
  if (typeof value !== 'boolean') throw invalid(pathOf(at, key), 'must be true or false');
  return value;
}

export function optionalObject(object: JsonObject, key: string, at = ''): JsonObject | undefined {
  const value = object[key];
  if (absent(value)) return undefined;
  return objectOf(value, pathOf(at, key));
}

export function optionalList(object: JsonObject, key: string, at = ''): readonly JsonValue[] {
  const value = object[key];
  if (absent(value)) return [];
  if (!Array.isArray(value)) throw invalid(pathOf(at, key), 'must be a list');
  return value;
}

export function objectOf(value: JsonValue | undefined, at: string): JsonObject {
  const object = asObject(value);
  if (object === null) throw invalid(at, 'must be an object');
  return object;
}

export function requiredText(object: JsonObject, key: string, at: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw invalid(pathOf(at, key), 'must be a string');
  return value;
}

/** What the reader does not know, by its path: it is refused or named as dropped, never passed over in silence. */
export type Others = Record<string, JsonValue>;

export function noteUnknown(
  object: JsonObject,
  known: ReadonlySet<string>,
  at: string,
  others: Others,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (known.has(key) || absent(value) || (Array.isArray(value) && value.length === 0)) continue;
    others[pathOf(at, key)] = value;
  }
}

/** `{ [key]: value }`, or nothing where the value is undefined: for objects in which an absent field is not there. */
export function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
