import type { Provider, ProviderRow } from '../domain/provider.ts';
import { isPrivateHost } from './base-url.ts';
import {
  COMMON_PATHS,
  CONFIGURABLE_PROVIDERS,
  catalogueRow,
  OPENAI_COMPATIBLE,
  SANDBOX_ID,
} from './catalogue.ts';
import type { AuthMode } from './config.ts';
import { type Findings, formatPath } from './faults.ts';
import type { Environment } from './interpolate.ts';
import { nearest } from './nearest.ts';
import { type Draft, draftOf, kindOf } from './provider-draft.ts';
import type { ProviderEntry } from './structures.ts';

type Entries = Readonly<Record<string, ProviderEntry>>;

/** In `passthrough` mode these need nothing: clients bring the key, and the catalogue knows the rest. */
const OPEN_TO_PASSTHROUGH = new Set(['openai', 'anthropic']);

/** The providers that are switched on: those of the catalogue in its order, then the file's own in theirs. */
export function readProviders(
  entries: Entries,
  env: Environment,
  mode: AuthMode,
  findings: Findings,
): Provider[] {
  const known = CONFIGURABLE_PROVIDERS.map((row) => draftOf(row.id, row, entries[row.id], env, findings));
  const own = Object.entries(entries)
    .filter(([id]) => !PROVIDER_IDS.includes(id))
    .flatMap(([id, entry]) => {
      const row = kindOf(id, entry, findings);
      return row === null ? [] : [draftOf(id, row, entry, env, findings)];
    });
  return [...known, ...own]
    .filter((draft) => isWanted(draft, mode))
    .flatMap((draft) => {
      const baseUrl = baseUrlOf(draft, findings);
      if (baseUrl === null || lacksKey(draft, mode, findings)) return [];
      return [toProvider(draft, baseUrl, mode, findings)];
    });
}

/** The built-in provider, which never leaves the gateway. */
export function sandboxProvider(): Provider {
  const { env: _, baseUrl, ...row } = catalogueRow(SANDBOX_ID) ?? OPENAI_COMPATIBLE;
  return { ...row, baseUrl: baseUrl ?? '', apiKey: null, apiKeys: [], transport: 'sandbox' };
}

function isWanted({ id, listed, apiKeys, baseUrl }: Draft, mode: AuthMode): boolean {
  return (
    listed ||
    apiKeys.length > 0 ||
    baseUrl !== null ||
    (mode === 'passthrough' && OPEN_TO_PASSTHROUGH.has(id))
  );
}

function lacksKey(
  { id, row, listed, apiKeys, baseUrl, at }: Draft,
  mode: AuthMode,
  { faults }: Findings,
): boolean {
  const fine =
    apiKeys.length > 0 || baseUrl !== null || row.auth === 'none' || mode === 'passthrough' || !listed;
  if (fine) return false;
  const message = `has no key; set ${at.apiKey}${inFile(id, at.apiKey)}`;
  faults.push({ path: formatPath(['providers', id]), message });
  return true;
}

function inFile(id: string, name: string): string {
  const place = formatPath(['providers', id, 'api_key']);
  return name === place ? '' : ` or ${place}`;
}

function baseUrlOf(draft: Draft, findings: Findings): string | null {
  const { row, baseUrl, at } = draft;
  const url = baseUrl ?? row.baseUrl;
  if (url === null) {
    findings.faults.push({ path: at.baseUrl, message: missingUrl(draft) });
    return null;
  }
  if (baseUrl !== null) warnOfUrl(draft, new URL(url), findings);
  return hasVersionInPaths(row) ? url.replace(/\/v1$/, '') : url;
}

const PROVIDER_IDS = CONFIGURABLE_PROVIDERS.map(({ id }) => id);

function missingUrl({ id, row }: Draft): string {
  const azure = row.id === 'azure-openai';
  const example = azure ? 'https://RESOURCE.openai.azure.com/openai/v1' : 'https://api.example.com/v1';
  const typo = row === OPENAI_COMPATIBLE ? nearest(id, PROVIDER_IDS) : null;
  const hint = typo === null ? '' : `; or did you mean the provider ${typo}?`;
  return `is missing: set it to where the provider is, such as ${example}${hint}`;
}

function warnOfUrl({ row, at }: Draft, url: URL, { warnings }: Findings): void {
  if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) {
    warnings.push(
      `${at.baseUrl} is http:// to a public host: keys and prompts can be read on the way; use https://`,
    );
  }
  if (url.pathname === '/' && !hasVersionInPaths(row)) {
    warnings.push(
      `${at.baseUrl} has no path, where most have one such as /v1: requests go to ${COMMON_PATHS.chat} right below the host`,
    );
  }
}

/** SDKs of these take a base without `/v1`; people set it with one all the same, and mean the same. */
function hasVersionInPaths({ baseUrl }: ProviderRow): boolean {
  return baseUrl !== null && new URL(baseUrl).pathname === '/';
}

function toProvider(draft: Draft, baseUrl: string, mode: AuthMode, findings: Findings): Provider {
  const { id, row, entry, apiKeys } = draft;
  const headers = { ...row.defaultHeaders, ...headersOf(id, entry, findings) };
  if (mode === 'passthrough' && apiKeys.length > 0) {
    findings.warnings.push(
      `${draft.at.apiKey} is not used: with AUTH_MODE=passthrough clients bring their own key`,
    );
  }
  const { env: _, baseUrl: __, ...known } = row;
  // A gateway that asks nobody for a key of its own must not lend anybody the provider's.
  const lent = mode === 'passthrough' ? [] : apiKeys;
  return {
    ...known,
    id,
    baseUrl,
    auth: row.auth === 'none' && apiKeys.length > 0 ? 'bearer' : row.auth,
    paths: pathsOf(row, entry),
    models: [...new Set([...(entry.models ?? []), ...row.models])],
    ...(Object.keys(headers).length > 0 ? { defaultHeaders: headers } : {}),
    apiKey: lent[0] ?? null,
    apiKeys: lent,
    transport: 'network',
  };
}

/** The endpoints that the operator listed, or those of the kind. */
function pathsOf(row: ProviderRow, { endpoints }: ProviderEntry): ProviderRow['paths'] {
  if (endpoints === undefined) return row.paths;
  const root = Object.values(row.paths).every((path) => path.startsWith('/v1/')) ? '/v1' : '';
  const listed = endpoints.flatMap((endpoint) =>
    endpoint === 'responses' ? ([endpoint, 'response_item'] as const) : ([endpoint] as const),
  );
  return Object.fromEntries(
    listed.map((endpoint) => [endpoint, row.paths[endpoint] ?? `${root}${COMMON_PATHS[endpoint]}`]),
  );
}

/** Headers that the gateway sets itself, or that belong to the connection (RFC 9110 section 7.6.1). */
const RESERVED_HEADERS =
  /^(?:authorization|x-api-key|api-key|cookie|host|accept-encoding|content-(?:length|type|encoding)|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/;

function headersOf(
  id: string,
  { headers = {} }: ProviderEntry,
  { faults }: Findings,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([key, value]) => {
      const name = key.toLowerCase();
      const message = !/^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(name)
        ? 'is not a name for a header'
        : RESERVED_HEADERS.test(name)
          ? 'is set by the gateway; a key belongs into api_key'
          : null;
      if (message === null) return [[name, value] as const];
      faults.push({ path: formatPath(['providers', id, 'headers', key]), message });
      return [];
    }),
  );
}
