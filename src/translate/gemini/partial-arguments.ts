import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';

type Container = JsonObject | JsonValue[];
type Key = string | number;

/**
 * Arguments of a function call that come in pieces, each with its place
 * (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc). Vertex does so for
 * who asks for it; the gateway does not, but a call must never run with half its arguments.
 */
export class PartialArguments {
  readonly #root: JsonObject = emptyObject();

  add(partialArgs: JsonValue | undefined): void {
    for (const piece of objectsIn(partialArgs)) {
      const keys = keysOf(textOf(piece.jsonPath));
      const last = keys.pop();
      if (last === undefined) continue;
      const place = this.#containerAt(keys, last);
      if (place !== null) put(place, last, argumentOf(piece));
    }
  }

  text(): string {
    return JSON.stringify(this.#root);
  }

  /** The object or list that `keys` lead to, made where it is not there yet. */
  #containerAt(keys: readonly Key[], last: Key): Container | null {
    let at: Container = this.#root;
    for (const [i, key] of keys.entries()) {
      const there: JsonValue | undefined = get(at, key);
      const next: Container | null = isContainer(there) ? there : made(at, key, keys[i + 1] ?? last);
      if (next === null) return null;
      at = next;
    }
    return at;
  }
}

/** `$.operations[0].name` and `$['a name']` (RFC 9535). */
function keysOf(path: string): Key[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  );
}

function argumentOf(piece: JsonObject): JsonValue {
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? null;
}

function made(at: Container, key: Key, next: Key): Container | null {
  const container = typeof next === 'number' ? [] : emptyObject();
  return put(at, key, container) ? container : null;
}

/** A text that is there already goes on. Places beyond the end of a list are refused: an index costs nothing to claim. */
function put(at: Container, key: Key, value: JsonValue): boolean {
  const there = get(at, key);
  const whole = typeof there === 'string' && typeof value === 'string' ? there + value : value;
  if (Array.isArray(at)) {
    if (typeof key !== 'number' || key > at.length) return false;
    at[key] = whole;
  } else at[key] = whole;
  return true;
}

function get(at: Container, key: Key): JsonValue | undefined {
  if (Array.isArray(at)) return typeof key === 'number' ? at[key] : undefined;
  return at[key];
}

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

/** Without a prototype, since the names are the model's. */
function emptyObject(): JsonObject {
  return Object.create(null) as JsonObject;
}
