import type { ProviderRow } from '../domain/provider.ts';
import { checkBaseUrl } from './base-url.ts';
import { catalogueRow, OPENAI_COMPATIBLE, SANDBOX_ID } from './catalogue.ts';
import { type Findings, formatPath } from './faults.ts';
import { type Environment, variable } from './interpolate.ts';
import type { ProviderEntry } from './structures.ts';
import { VISIBLE_ASCII } from './values.ts';

/** What was said of one provider, by the file and by the environment. */
export interface Draft {
  readonly id: string;
  readonly row: ProviderRow;
  readonly entry: ProviderEntry;
  readonly listed: boolean;
  readonly apiKeys: readonly string[];
  readonly baseUrl: string | null;
  /** Names for messages: the variable where it counts, else the place in the file. */
  readonly at: { readonly apiKey: string; readonly baseUrl: string };
}

/** The kind of a provider that the catalogue does not name; null when it may not be one. */
export function kindOf(id: string, { kind }: ProviderEntry, { faults }: Findings): ProviderRow | null {
  if (id === SANDBOX_ID) {
    faults.push({
      path: formatPath(['providers', id]),
      message: 'is built in: set ENABLE_SANDBOX=true and remove it here',
    });
    return null;
  }
  return kind === undefined ? OPENAI_COMPATIBLE : (catalogueRow(kind) ?? OPENAI_COMPATIBLE);
}

export function draftOf(
  id: string,
  row: ProviderRow,
  entry: ProviderEntry | undefined,
  env: Environment,
  findings: Findings,
): Draft {
  // Only the catalogue's own names have variables: `kind: openai` under another name has a key of its own.
  const prefix = id === row.id && row.env !== '' ? row.env : null;
  if (prefix !== null && entry?.kind !== undefined && entry.kind !== id) {
    findings.faults.push({
      path: formatPath(['providers', id, 'kind']),
      message: `must be ${id} or absent, since the name is that provider's and its variables apply; choose another name`,
    });
  }
  const read = { api_key: keyFrom, base_url: urlFrom } as const;
  const find = (field: keyof typeof read): { value: string | null; at: string } => {
    const name = `${prefix}_${field.toUpperCase()}`;
    const fromEnv = prefix === null ? null : read[field](env, name, findings);
    const fromFile = entry?.[field] ?? null;
    const byName = prefix !== null && (fromEnv !== null || fromFile === null);
    return { value: fromEnv ?? fromFile, at: byName ? name : formatPath(['providers', id, field]) };
  };
  const [apiKey, baseUrl] = [find('api_key'), find('base_url')];
  return {
    id,
    row,
    entry: entry ?? {},
    listed: entry !== undefined,
    apiKeys: keysOf(apiKey.value, entry),
    baseUrl: baseUrl.value,
    at: { apiKey: apiKey.at, baseUrl: baseUrl.at },
  };
}

function keysOf(first: string | null, entry: ProviderEntry | undefined): string[] {
  const further = entry?.api_keys ?? [];
  return [...new Set(first === null ? further : [first, ...further])];
}

function keyFrom(env: Environment, name: string, { faults }: Findings): string | null {
  const key = variable(env, name);
  if (key === null || VISIBLE_ASCII.test(key)) return key;
  faults.push({
    path: name,
    message: 'must be visible ASCII characters without spaces; was more than the key pasted?',
  });
  return null;
}

function urlFrom(env: Environment, name: string, { faults }: Findings): string | null {
  const text = variable(env, name);
  if (text === null) return null;
  const checked = checkBaseUrl(text);
  if ('url' in checked) return checked.url;
  faults.push({ path: name, message: checked.fault });
  return null;
}
