import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { isObject } from './read.ts';

/** Nodes of one document: a schema that refers to itself many times must not grow without end. */
const MAX_NODES = 1000;
/** From here on the null of a choice is taken, so that linked lists and trees come to an end. */
const DEEP = 4;
const MAX_ITEMS = 16;

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'user@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/**
 * A small document that a JSON Schema accepts: what is required, and those simple optional properties of the
 * outermost object that are in `named`. Knows `$ref` within the document, `allOf`, `anyOf`, `oneOf`, `const`,
 * `enum`, types, lengths and ranges; it does not know `pattern`, `not` and conditionals.
 */
export function exampleOf(schema: JsonObject, named: ReadonlySet<string> = new Set()): JsonValue {
  return new ExampleMaker(schema, named).make(schema, 0);
}

class ExampleMaker {
  readonly #root: JsonObject;
  readonly #named: ReadonlySet<string>;
  #left = MAX_NODES;

  constructor(root: JsonObject, named: ReadonlySet<string>) {
    this.#root = root;
    this.#named = named;
  }

  make(value: JsonValue | undefined, depth: number): JsonValue {
    if (this.#left <= 0) return null;
    const schema = this.#flatten(value, depth);
    if (schema.const !== undefined) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
    switch (typeOf(schema, depth)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, depth);
      case 'string':
        return exampleString(schema);
      case 'integer':
      case 'number':
        return exampleNumber(schema);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  /** The schema with its references, conjunctions and choices resolved on this level. */
  #flatten(value: JsonValue | undefined, depth: number): JsonObject {
    this.#left -= 1;
    if (!isObject(value) || this.#left <= 0) return {};
    const { $ref, allOf, anyOf, oneOf, ...own } = value;
    const parts: JsonObject[] = [];
    if (typeof $ref === 'string') parts.push(this.#flatten(this.#target($ref), depth));
    if (Array.isArray(allOf)) parts.push(...allOf.map((part) => this.#flatten(part, depth)));
    const choice = pick(anyOf, depth) ?? pick(oneOf, depth);
    if (choice !== undefined) parts.push(this.#flatten(choice, depth));
    return parts.reduce(merge, own);
  }

  #target(ref: string): JsonValue | undefined {
    let at: JsonValue | undefined = this.#root;
    for (const part of ref.split('/').slice(1)) {
      const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    return at;
  }

  #object(schema: JsonObject, depth: number): JsonObject {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const made: [string, JsonValue][] = [];
    for (const [name, property] of Object.entries(properties)) {
      if (this.#left <= 0) break;
      const wanted = required.has(name) || (depth === 0 && this.#named.has(name) && isSimple(property));
      if (wanted) made.push([name, this.make(property, depth + 1)]);
    }
    // fromEntries defines, where an assignment to "__proto__" would change the prototype.
    return Object.fromEntries(made);
  }

  #array(schema: JsonObject, depth: number): JsonValue[] {
    const count = Math.min(MAX_ITEMS, typeof schema.minItems === 'number' ? schema.minItems : 0);
    const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return Array.from({ length: count }, (_, i) => this.make(first[i] ?? schema.items, depth + 1));
  }
}

/** A pointer in a URI fragment is percent-encoded (RFC 6901 section 6); generators often leave it bare. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isSimple(property: JsonValue | undefined): boolean {
  if (!isObject(property)) return false;
  const type = typeOf(property, 0);
  return Array.isArray(property.enum) || (type !== 'object' && type !== 'array' && type !== 'null');
}

function pick(choices: JsonValue | undefined, depth: number): JsonValue | undefined {
  if (!Array.isArray(choices)) return undefined;
  const isNull = (choice: JsonValue): boolean => isObject(choice) && choice.type === 'null';
  return choices.find((choice) => isNull(choice) === depth > DEEP) ?? choices[0];
}

function typeOf(schema: JsonObject, depth: number): JsonValue | undefined {
  const { type } = schema;
  if (Array.isArray(type)) {
    return type.find((one) => (one === 'null') === depth > DEEP) ?? type[0];
  }
  if (type !== undefined) return type;
  if (schema.properties !== undefined || schema.required !== undefined) return 'object';
  return schema.items === undefined ? undefined : 'array';
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const merged: JsonObject = { ...b, ...a };
  if (isObject(a.properties) && isObject(b.properties))
    merged.properties = { ...b.properties, ...a.properties };
  if (Array.isArray(a.required) && Array.isArray(b.required))
    merged.required = [...a.required, ...b.required];
  return merged;
}

function exampleString(schema: JsonObject): string {
  const known = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  const text = known ?? 'example';
  const min = typeof schema.minLength === 'number' ? Math.min(schema.minLength, 10_000) : 0;
  const max = typeof schema.maxLength === 'number' ? schema.maxLength : Number.POSITIVE_INFINITY;
  return text.padEnd(min, 'example').slice(0, max);
}

function exampleNumber(schema: JsonObject): number {
  const number = (key: string): number | null => (typeof schema[key] === 'number' ? schema[key] : null);
  const below = number('exclusiveMaximum');
  const above = number('exclusiveMinimum');
  let value = Math.min(1, number('maximum') ?? 1);
  if (below !== null && value >= below) value = below - 1;
  value = Math.max(value, number('minimum') ?? value);
  if (above !== null && value <= above) value = above + 1;
  const step = number('multipleOf');
  return step === null || step <= 0 ? value : Math.ceil(value / step) * step;
}
