import type { HeaderReader } from '../domain/call.ts';
import type { AuthScheme, Provider } from '../domain/provider.ts';

/**
 * What a client's header may tell the provider. An allow-list, since the rest (cookies, keys of the gateway, forwarding
 * headers with internal addresses) is nobody's business upstream.
 */
const PASSED = [
  'accept',
  'user-agent',
  'anthropic-version',
  'anthropic-beta',
  'idempotency-key',
  'openai-beta',
  'traceparent',
  'tracestate',
  'x-stainless-helper-method',
] as const;

/** These choose an account, or mean something within one, so they count only when the account is the client's own. */
const PASSED_OF_OWN_ACCOUNT = [
  ...PASSED,
  'openai-organization',
  'openai-project',
  'anthropic-workspace-id',
  'anthropic-dangerous-direct-browser-access',
] as const;

export interface RequestHeadersInput {
  readonly provider: Provider;
  readonly client: HeaderReader;
  /** The client's own provider key in `passthrough` mode. */
  readonly clientCredential: string | null;
  /** The gateway's own, where the client brought none; null: there is none. */
  readonly apiKey: string | null;
  /** null: no body. */
  readonly contentType: string | null;
}

/**
 * What a client of another dialect may tell the provider: versions, betas and accounts mean something to their own
 * family alone.
 */
const PASSED_ACROSS = ['user-agent', 'traceparent', 'tracestate', 'idempotency-key'] as const;

/** For a call in the client's own dialect, or in none. */
export function requestHeaders(input: RequestHeadersInput): Record<string, string> {
  const passed = input.clientCredential === null ? PASSED : PASSED_OF_OWN_ACCOUNT;
  return headersWith(passed, input);
}

/** For a call in another dialect than the client's. */
export function translatedHeaders(input: Omit<RequestHeadersInput, 'contentType'>): Record<string, string> {
  return headersWith(PASSED_ACROSS, { ...input, contentType: 'application/json' });
}

function headersWith(
  passed: readonly string[],
  { provider, client, clientCredential, apiKey, contentType }: RequestHeadersInput,
): Record<string, string> {
  const headers: Record<string, string> = { ...provider.defaultHeaders };
  for (const name of passed) {
    const value = client.get(name);
    if (value !== null) headers[name] = value;
  }
  if (contentType !== null) headers['content-type'] = contentType;
  // Compressed bytes could neither be read on the way nor passed on as they came.
  headers['accept-encoding'] = 'identity';
  authorize(headers, provider.auth, clientCredential ?? apiKey, isClientsBearer(client, clientCredential));
  return headers;
}

/** The header that carries the gateway's own key of a provider; none where it has no key, or the provider takes none. */
export function ownAuthorization({ auth }: Provider, key: string | null): Record<string, string> {
  const headers: Record<string, string> = {};
  authorize(headers, auth, key, false);
  return headers;
}

/** An OAuth token of a passthrough client is good only as the Bearer it came as. */
function isClientsBearer(client: HeaderReader, clientCredential: string | null): boolean {
  return clientCredential !== null && client.get('x-api-key') === null;
}

function authorize(
  headers: Record<string, string>,
  auth: AuthScheme,
  key: string | null,
  isClients: boolean,
): void {
  if (key === null || auth === 'none') return;
  // Anthropic and Azure take both headers; Google takes keys in its own header alone.
  const asBearer = auth === 'bearer' || (isClients && auth !== 'x-goog-api-key');
  if (asBearer) headers.authorization = `Bearer ${key}`;
  else headers[auth] = key;
}
