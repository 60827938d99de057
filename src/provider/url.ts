import type { Endpoint } from '../domain/dialect.ts';
import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** The URL of an endpoint that the provider serves, null when it does not. Made of configured text alone. */
export function endpointUrl(provider: Provider, endpoint: Endpoint): string | null {
  const path = provider.paths[endpoint];
  return path === undefined ? null : provider.baseUrl + path;
}

/**
 * The URL for a path that a client chose, checked as it is used: whatever tricks are in the path (`..`, `%2e%2e`,
 * `//host`, backslashes), the parsed result has to lie below the configured base.
 * @throws GatewayError `invalid_request`
 */
export function pathUrl(provider: Provider, path: string, query: string): string {
  const base = new URL(provider.baseUrl);
  const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  const rest = withoutDoubledSegment(root, path.replace(/^\/+/, ''));
  const url = parse(base.origin + root + rest + query);
  if (
    url === null ||
    url.origin !== base.origin ||
    !url.pathname.startsWith(root) ||
    ENCODED_DOTS.test(url.pathname)
  ) {
    throw new GatewayError(
      'invalid_request',
      'The path leads out of the configured base URL of the provider.',
    );
  }
  return url.href;
}

/** Some servers decode once more than the URL standard does. */
const ENCODED_DOTS = /%2e|%2f|%5c/i;

/** SDKs bring their `/v1` along while an OpenAI base URL already ends in it: `/v1/v1/files` helps nobody. */
function withoutDoubledSegment(root: string, rest: string): string {
  const last = root.split('/').at(-2) ?? '';
  return last !== '' && rest.startsWith(`${last}/`) ? rest.slice(last.length + 1) : rest;
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
