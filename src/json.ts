import type { JsonObject, JsonValue } from './domain/call.ts';

/** The value if it is an object, else null. */
export function asObject(value: JsonValue | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/** The object at `key`; an empty one where there is none. */
export function objectAt(value: JsonValue | undefined, key: string): JsonObject {
  return asObject(asObject(value)?.[key]) ?? {};
}

/** The objects in a list; nothing where it is no list. What is no object is passed over. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject).filter((item) => item !== null) : [];
}

/** The text if it is one, else an empty one. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The number if it is a finite one, else null. */
export function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The object that a text is the JSON of, else null. */
export function parseObject(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text) as JsonValue);
  } catch {
    return null;
  }
}
