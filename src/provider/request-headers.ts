import type { HeaderReader } from '../domain/call.ts';
import type { Provider } from '../domain/provider.ts';

/**
 * What a client's header may tell the provider. An allow-list, since the rest (cookies, keys of the gateway, forwarding
 * headers with internal addresses) is nobody's business upstream.
 */
const PASSED = [
  'accept',
  'user-agent',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'x-stainless-helper-method',
] as const;

/** These choose an account, so they count only when the account is the client's own. */
const PASSED_WITH_OWN_CREDENTIAL = [
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
  /** null: no body. */
  readonly contentType: string | null;
}

/**
 * What a client of another dialect may tell the provider: versions, betas and accounts mean something to their own
 * family alone.
 */
const PASSED_ACROSS = ['user-agent', 'idempotency-key', 'traceparent', 'tracestate'] as const;

export function translatedHeaders(input: Omit<RequestHeadersInput, 'contentType'>): Record<string, string> {
  const { provider, client, clientCredential } = input;
  const headers: Record<string, string> = { ...provider.defaultHeaders };
  copy(client, PASSED_ACROSS, headers);
  headers['content-type'] = 'application/json';
  headers['accept-encoding'] = 'identity';
  authorize(provider, client, clientCredential ?? provider.apiKey, headers);
  return headers;
}

export function requestHeaders(input: RequestHeadersInput): Record<string, string> {
  const { provider, client, clientCredential } = input;
  const headers: Record<string, string> = { ...provider.defaultHeaders };
  copy(client, PASSED, headers);
  if (clientCredential !== null) copy(client, PASSED_WITH_OWN_CREDENTIAL, headers);
  if (input.contentType !== null) headers['content-type'] = input.contentType;
  // Compressed bytes could neither be read on the way nor passed on as they came.
  headers['accept-encoding'] = 'identity';
  authorize(provider, client, clientCredential ?? provider.apiKey, headers);
  return headers;
}

function copy(from: HeaderReader, names: readonly string[], to: Record<string, string>): void {
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) to[name] = value;
  }
}

function authorize(
  provider: Provider,
  client: HeaderReader,
  key: string | null,
  headers: Record<string, string>,
): void {
  if (key === null || provider.auth === 'none') return;
  // Anthropic and Azure take both headers; an OAuth token of a passthrough client is good only as the Bearer it came as.
  // Google takes keys in its own header alone.
  const ownBearer =
    key !== provider.apiKey && client.get('x-api-key') === null && provider.auth !== 'x-goog-api-key';
  const asBearer = provider.auth === 'bearer' || ownBearer;
  if (asBearer) headers.authorization = `Bearer ${key}`;
  else headers[provider.auth] = key;
}
