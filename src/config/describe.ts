import * as z from 'zod';
import { CONFIGURABLE_PROVIDERS } from './catalogue.ts';
import { fileSchema } from './schema.ts';
import { SETTINGS, type Setting } from './sections.ts';
import { shortForms } from './setting.ts';
import { INNER_STRUCTURES, STRUCTURES } from './structures.ts';

/** One line of the reference. Texts are Markdown; `env` or `file` is null where there is no such way to set it. */
export interface SettingRow {
  readonly env: string | null;
  readonly file: string | null;
  readonly type: string;
  readonly default: string;
  readonly what: string;
}

/** The settings that are one value each, from the schema. */
export function describeSettings(): SettingRow[] {
  return [...BY_ENVIRONMENT_ALONE, ...SETTINGS.map(toRow)];
}

const BY_ENVIRONMENT_ALONE: readonly SettingRow[] = [
  {
    env: 'LLM_EDGE_CONFIG',
    file: null,
    type: 'path, or text',
    default: 'no file',
    what: 'The configuration file (Node), or its text or the key of it in KV (Workers).',
  },
  {
    env: 'GATEWAY_API_KEYS',
    file: 'keys',
    type: 'list',
    default: 'none',
    what: 'Gateway keys, as `name:key` or `key`; the key as it is or as `sha256:HEX`. The name is also the tenant; keys without a name share the tenant `default`. They add to those of the file.',
  },
];

const PLACES = {
  providers: 'providers.NAME',
  keys: 'keys[]',
  prices: 'prices["PROVIDER/MODEL"]',
  routes: 'routes.NAME',
  'routes.targets': 'routes.NAME.targets[]',
  'routes.cache': 'routes.NAME.cache',
  tenants: 'tenants.NAME',
  model_limits: 'model_limits["MODEL"]',
  'tenants.budgets': 'budgets[]',
} as const;

/** What only a file can hold, from the schema. */
export function describeStructures(): SettingRow[] {
  return Object.entries({ ...STRUCTURES, ...INNER_STRUCTURES }).flatMap(([part, object]) =>
    Object.entries<z.ZodType>(object.shape).map(([field, schema]) => ({
      env: null,
      file: `${PLACES[part as keyof typeof PLACES]}.${field}`,
      type: schema.safeParse(undefined).success ? 'optional' : 'required',
      default: '',
      what: z.globalRegistry.get(schema)?.description ?? '',
    })),
  );
}

/** JSON Schema (draft 2020-12) of the file, for editors. */
export function jsonSchema(): object {
  const defaults = new Map<unknown, z.core.util.JSONType>(
    SETTINGS.map(({ schema }) => [schema, JSON.parse(JSON.stringify(schema.parse(undefined)))]),
  );
  return z.toJSONSchema(fileSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema: described }) => {
      const value = defaults.get(zodSchema);
      if (value !== undefined && value !== null) described.default = value;
      const short = shortForms.get(zodSchema)?.schema;
      if (short !== undefined) addForm(described, short);
    },
  });
}

/** Turns a schema, in its place, into one that also takes another form. */
function addForm(described: z.core.JSONSchema.BaseSchema, other: z.core.JSONSchema.BaseSchema): void {
  const whole = { ...described };
  for (const name of Object.keys(described)) delete described[name];
  described.anyOf = [other, whole];
}

/** The generated parts of `docs/configuration.md`, by the name of their markers. */
export function documentationParts(): Readonly<Record<string, string>> {
  return {
    settings: table(
      ['Variable', 'In the file', 'Type', 'Default', 'What'],
      describeSettings().map((row) => [code(row.env), code(row.file), row.type, row.default, row.what]),
    ),
    structures: table(
      ['In the file', '', 'What'],
      describeStructures().map((row) => [code(row.file), row.type, row.what]),
    ),
    providers: table(
      ['Name', 'Variables', 'Base URL', 'Serves'],
      CONFIGURABLE_PROVIDERS.map(({ id, env, baseUrl, paths }) => [
        code(id),
        `${code(`${env}_API_KEY`)} ${code(`${env}_BASE_URL`)}`,
        baseUrl === null ? 'yours to set' : code(baseUrl),
        Object.keys(paths)
          .filter((endpoint) => endpoint !== 'response_item')
          .join(', '),
      ]),
    ),
  };
}

/**
 * A document with the text between each pair of markers `<!-- NAME:start -->` and `<!-- NAME:end -->` replaced.
 * @throws Error when a marker is missing.
 */
export function withGeneratedParts(document: string): string {
  return Object.entries(documentationParts()).reduce((text, [name, part]) => {
    const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`The document has no ${start} followed by ${end}.`);
    return `${text.slice(0, from + start.length)}\n\n${part}\n\n${text.slice(to)}`;
  }, document);
}

function toRow({ section, field, schema, meta }: Setting): SettingRow {
  return {
    env: meta.env,
    file: `${section}.${field}`,
    type: meta.type,
    default: defaultOf(schema, meta.type, meta.unset),
    what: meta.what,
  };
}

/** What the schema makes of nothing is the default, so the documentation cannot differ from it. */
function defaultOf(schema: z.ZodType, type: string, unset: string | undefined): string {
  const value: unknown = schema.parse(undefined);
  if (unset !== undefined) return unset;
  const mib = Number(value) / 1024 ** 2;
  return code(type === 'size' && Number.isInteger(mib) ? `${mib}MiB` : String(value));
}

function code(text: string | null): string {
  return text === null ? '' : `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
