import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject } from '../../json.ts';

export interface GeminiSchema {
  readonly schema: JsonObject;
  /** Keywords that Gemini passes over: what they demand is not enforced. */
  readonly ignored: readonly string[];
}

/**
 * A JSON Schema for `parametersJsonSchema` and `responseJsonSchema`, which take a subset and silently ignore the rest
 * (https://ai.google.dev/api/generate-content#FIELDS.response_json_schema). What has another form with the same meaning
 * there is rewritten: `const`, `definitions`, an `allOf` of one, and what stands beside a `$ref`.
 */
export function geminiSchema(schema: JsonObject): GeminiSchema {
  const ignored = new Set<string>();
  const converted = convert(schema, ignored, 0);
  return { schema: converted, ignored: [...ignored] };
}

/** Deeper than any schema that a person writes; a body may nest far deeper than the stack goes. */
const MAX_DEPTH = 100;

function convert(schema: JsonObject, ignored: Set<string>, depth: number): JsonObject {
  if (depth > MAX_DEPTH) return schema;
  const only = onlyAlternative(schema);
  if (only !== null) return convert(only, ignored, depth + 1);
  if (typeof schema.$ref === 'string') return reference(schema, schema.$ref, ignored, depth);
  const out: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    if (keyword === 'const') out.enum = [value];
    else if (keyword === 'definitions') out.$defs = mapOf(value, ignored, depth);
    else if (MAPS.has(keyword)) out[keyword] = mapOf(value, ignored, depth);
    else if (NESTED.has(keyword)) out[keyword] = nested(value, ignored, depth);
    else {
      if (!PLAIN.has(keyword)) ignored.add(keyword);
      out[keyword] = value;
    }
  }
  return out;
}

/** `allOf` is not known there, but one of one is what tools write to put a description beside a reference. */
function onlyAlternative({ allOf, ...rest }: JsonObject): JsonObject | null {
  const [only] = Array.isArray(allOf) && allOf.length === 1 ? allOf : [];
  const inner = asObject(only);
  return inner === null ? null : { ...rest, ...inner };
}

/** Beside a `$ref` only what begins with `$` is allowed. */
function reference(schema: JsonObject, ref: string, ignored: Set<string>, depth: number): JsonObject {
  const out: JsonObject = { $ref: ref.replace(/^#\/definitions\//, '#/$defs/') };
  const defs = schema.$defs ?? schema.definitions;
  if (defs !== undefined) out.$defs = mapOf(defs, ignored, depth);
  for (const keyword of Object.keys(schema)) {
    if (!keyword.startsWith('$') && keyword !== 'definitions' && !PLAIN.has(keyword)) ignored.add(keyword);
  }
  return out;
}

function mapOf(value: JsonValue, ignored: Set<string>, depth: number): JsonValue {
  const map = asObject(value);
  if (map === null) return value;
  const entries = Object.entries(map).map(([name, inner]) => [name, nested(inner, ignored, depth)]);
  return Object.fromEntries(entries) as JsonObject;
}

function nested(value: JsonValue | undefined, ignored: Set<string>, depth: number): JsonValue {
  if (Array.isArray(value) && depth <= MAX_DEPTH)
    return value.map((item) => nested(item, ignored, depth + 1));
  const schema = asObject(value);
  return schema === null ? (value ?? null) : convert(schema, ignored, depth + 1);
}

/** Names of one's own, each with a schema. */
const MAPS = new Set(['properties', '$defs']);
/** A schema, or a list of them. */
const NESTED = new Set(['items', 'prefixItems', 'anyOf', 'oneOf', 'additionalProperties']);
/** What is known there, and what demands nothing. */
const PLAIN = new Set([
  ...['type', 'format', 'title', 'description', 'enum', 'required', 'propertyOrdering', 'nullable'],
  ...['minItems', 'maxItems', 'minimum', 'maximum'],
  ...['$id', '$anchor', '$schema', '$comment', 'default', 'example', 'examples', 'deprecated', 'readOnly'],
]);
