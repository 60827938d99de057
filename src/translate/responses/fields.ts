import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import { asObject } from '../../json.ts';

/** What no other dialect has, by its path in the client's body. */
export type Others = Record<string, JsonValue>;

/** `problem` ends the sentence that begins with the field. */
export function invalid(field: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `The field "${field}" ${problem}.`, { param: field });
}

/** OpenAI takes null for a field that is not there. */
export function textAt(object: JsonObject, key: string, at: string): string | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(at, 'has to be text');
}

export function requiredTextAt(object: JsonObject, key: string, at: string): string {
  const value = textAt(object, key, at);
  if (value === undefined) throw invalid(at, 'is missing');
  return value;
}

export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  throw invalid(key, 'has to be a number');
}

export function booleanAt(object: JsonObject, key: string, at: string): boolean | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(at, 'has to be true or false');
}

/** undefined where there is none or where it is empty. */
export function filledObjectAt(object: JsonObject, key: string, at: string): JsonObject | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined) return undefined;
  const found = asObject(value);
  if (found === null) throw invalid(at, 'has to be an object');
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The objects of a list, each with its path. */
export function itemsAt(value: JsonValue, at: string): { readonly item: JsonObject; readonly at: string }[] {
  if (!Array.isArray(value)) throw invalid(at, 'has to be a list');
  return value.map((one, i) => {
    const item = asObject(one);
    if (item === null) throw invalid(`${at}[${i}]`, 'has to be an object');
    return { item, at: `${at}[${i}]` };
  });
}

/** Sets aside what nobody here reads, but for `known` fields and those whose value is `neutral`. */
export function setAsideRest(
  object: JsonObject,
  path: string,
  others: Others,
  known: ReadonlySet<string>,
  neutral: Readonly<Record<string, JsonValue>> = {},
): void {
  for (const [key, value] of Object.entries(object)) {
    if (known.has(key) || value === undefined || value === null) continue;
    if (key in neutral && JSON.stringify(neutral[key]) === JSON.stringify(value)) continue;
    others[path + key] = value;
  }
}
