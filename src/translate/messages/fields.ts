import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import { asObject } from '../../json.ts';

/** @throws GatewayError always: `must` follows the field's name, e.g. `must be a text`. */
export function invalid(at: string, must: string): never {
  throw new GatewayError('invalid_request', `The field "${at}" ${must}.`, { param: at });
}

export function textAt(value: JsonValue | undefined, at: string): string {
  return typeof value === 'string' ? value : invalid(at, 'must be a text');
}

export function objectAtPath(value: JsonValue | undefined, at: string): JsonObject {
  return asObject(value) ?? invalid(at, 'must be an object');
}

export function listAt(value: JsonValue | undefined, at: string): readonly JsonValue[] {
  return Array.isArray(value) ? value : invalid(at, 'must be a list');
}

export function textsAt(value: JsonValue | undefined, at: string): string[] {
  return listAt(value, at).map((item, i) => textAt(item, `${at}[${i}]`));
}

/** undefined where nothing was said. */
export function optional<T>(
  value: JsonValue | undefined,
  at: string,
  read: (value: JsonValue, at: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : read(value, at);
}

export function numberAt(value: JsonValue | undefined, at: string): number {
  return typeof value === 'number' ? value : invalid(at, 'must be a number');
}

/** The value if it says something: null, `[]` and `{}` do not. */
export function isSaid(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
