import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject } from '../../json.ts';

/**
 * Keywords that Anthropic answers 400 to where it holds the model to a schema
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations).
 */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'not',
]);
const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** Members whose values are schemas by name. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Members whose values are no schemas, whatever they look like. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples', 'required']);

/**
 * A schema that the model can be held to: constraints that cannot be enforced move into the description, as Anthropic's own
 * SDK does it. `moved` is told each keyword.
 */
export function enforceable(schema: JsonObject, moved: (keyword: string) => void): JsonObject {
  const out: JsonObject = {};
  const hints: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (!isEnforced(key, value)) {
      moved(key);
      hints.push(`${key}: ${JSON.stringify(value)}`);
    } else out[key === 'oneOf' ? 'anyOf' : key] = memberOf(key, value, moved);
  }
  if (hints.length > 0) {
    const description = typeof schema.description === 'string' ? `${schema.description}\n` : '';
    out.description = `${description}{${hints.join(', ')}}`;
  }
  if (schema.type === 'object' && schema.additionalProperties === undefined) out.additionalProperties = false;
  return out;
}

function isEnforced(key: string, value: JsonValue | undefined): boolean {
  if (key === 'format') return typeof value === 'string' && FORMATS.has(value);
  return !CONSTRAINTS.has(key) || (key === 'minItems' && (value === 0 || value === 1));
}

function memberOf(
  key: string,
  value: JsonValue | undefined,
  moved: (keyword: string) => void,
): JsonValue | undefined {
  if (DATA.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => memberOf('', item, moved) ?? null);
  const object = asObject(value);
  if (object === null) return value;
  if (!MAPS.has(key)) return enforceable(object, moved);
  return Object.fromEntries(Object.entries(object).map(([name, one]) => [name, memberOf('', one, moved)]));
}

/**
 * True when OpenAI too would hold its model to the schema: there every property has to be required and no others allowed
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas).
 */
export function isStrictEverywhere(schema: JsonValue | undefined): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictEverywhere);
  const object = asObject(schema);
  if (object === null) return true;
  const properties = asObject(object.properties);
  if (properties !== null) {
    const required = Array.isArray(object.required) ? object.required : [];
    if (object.additionalProperties !== false) return false;
    if (!Object.keys(properties).every((name) => required.includes(name))) return false;
  }
  return Object.entries(object).every(([key, value]) => DATA.has(key) || isStrictEverywhere(value));
}
