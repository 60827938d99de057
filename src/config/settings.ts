import type * as z from 'zod';
import { CONFIGURABLE_PROVIDERS } from './catalogue.ts';
import { type Findings, formatPath, type Path } from './faults.ts';
import { type Environment, variable } from './interpolate.ts';
import { editDistance, nearest, snakeCase } from './nearest.ts';
import { fileSchema, type Settings } from './schema.ts';
import { SECTIONS, SETTINGS } from './sections.ts';
import { INNER_STRUCTURES, STRUCTURES } from './structures.ts';

export interface SettingsRead {
  /** What could be read; null when not even the faultless part makes sense. */
  readonly settings: Settings | null;
  /** Parts of the file (`auth`, `keys`) in which something was wrong, and whose absence must not be judged. */
  readonly faulty: ReadonlySet<string>;
}

type Tree = Record<string, unknown>;

/** File and environment -> settings. The environment wins. */
export function readSettings(file: unknown, env: Environment, findings: Findings): SettingsRead {
  const { tree, fromEnv } = withEnvironment(file, env);
  warnOfUnread(env, findings);
  const result = fileSchema.safeParse(tree);
  if (result.success) return { settings: result.data, faulty: new Set() };
  const { issues } = result.error;
  findings.faults.push(...issues.flatMap((issue) => toFaults(issue, fromEnv)));
  const rest = fileSchema.safeParse(withoutFaulty(tree, issues));
  return { settings: rest.data ?? null, faulty: new Set(issues.map(({ path }) => String(path[0] ?? ''))) };
}

/** The file's tree with the variables that are set put into their places, and which places those are. */
function withEnvironment(file: unknown, env: Environment): { tree: Tree; fromEnv: Map<string, string> } {
  const tree: Tree = isTree(file) ? { ...file } : {};
  const fromEnv = new Map<string, string>();
  for (const { section, field, meta } of SETTINGS) {
    const value = variable(env, meta.env);
    const fields = tree[section] ?? {};
    // A section that is no mapping is a fault of its own, told when it is parsed.
    if (value === null || !isTree(fields)) continue;
    tree[section] = { ...fields, [field]: value };
    fromEnv.set(formatPath([section, field]), meta.env);
  }
  return { tree, fromEnv };
}

function toFaults(issue: z.core.$ZodIssue, fromEnv: ReadonlyMap<string, string>): Findings['faults'] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: unknownKey(issue.path, key),
    }));
  }
  const path = formatPath(issue.path);
  return [{ path: fromEnv.get(path) ?? path, message: messageOf(issue) }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.expected === 'object' || issue.expected === 'record') return 'must be a mapping (name: value)';
  return issue.expected === 'array' ? 'must be a list' : issue.message;
}

function unknownKey(container: Path, key: string): string {
  const known = knownKeys(container);
  const elsewhere = SETTINGS.find(({ field }) => field === snakeCase(key));
  const meant =
    elsewhere !== undefined && container.length <= 1 && !known.includes(elsewhere.field)
      ? `${elsewhere.section}.${elsewhere.field}`
      : nearest(key, known);
  return `is not a known setting; ${meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`}`;
}

function knownKeys([part, ...rest]: Path): string[] {
  if (part === undefined) return Object.keys(fileSchema.shape);
  if (isKeyOf(SECTIONS, part) && rest.length === 0) return Object.keys(SECTIONS[part].shape);
  const inner = [part, ...rest.slice(1).filter((name) => typeof name === 'string')].join('.');
  if (isKeyOf(INNER_STRUCTURES, inner)) return Object.keys(INNER_STRUCTURES[inner].shape);
  return isKeyOf(STRUCTURES, part) ? Object.keys(STRUCTURES[part].shape) : [];
}

/** The tree without what is at fault, so that the rest can be judged in the same run. */
function withoutFaulty(tree: Tree, issues: readonly z.core.$ZodIssue[]): Tree {
  const copy = structuredClone(tree);
  for (const [part, entry] of issues.flatMap(faultyPlaces)) {
    const inside = copy[part];
    if (entry === undefined || !isTree(inside)) delete copy[part];
    else delete inside[entry];
  }
  return copy;
}

/** A setting, a section, or an entry: with one field wrong, a whole provider or price is left out. */
function faultyPlaces(issue: z.core.$ZodIssue): [part: string, entry: string | undefined][] {
  const path = issue.path.map(String);
  const inSection = issue.code === 'unrecognized_keys' && path.length < 2;
  const places = inSection ? issue.keys.map((key) => [...path, key]) : [path];
  return places.map(([part = '', entry]) => [part, entry]);
}

/** Variables that look like a slip of the finger. */
function warnOfUnread(env: Environment, { warnings }: Findings): void {
  const known = ['GATEWAY_API_KEYS', 'LLM_EDGE_CONFIG', ...SETTINGS.map(({ meta }) => meta.env)];
  const read = new Set([
    ...known,
    ...CONFIGURABLE_PROVIDERS.flatMap((row) => [`${row.env}_API_KEY`, `${row.env}_BASE_URL`]),
  ]);
  for (const name of Object.keys(env)) {
    if (read.has(name) || name.length < 8) continue;
    const meant = known.find(
      (one) => Math.abs(one.length - name.length) <= 1 && editDistance(name, one) === 1,
    );
    if (meant !== undefined) warnings.push(`${name} is not read; did you mean ${meant}?`);
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyOf<T extends object>(object: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(object, key);
}
