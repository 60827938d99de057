import type { Incoming } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/**
 * Without keys, being able to reach the gateway is the whole permission, and every web page that a user opens can
 * reach a loopback address. Browsers name the site a request comes from (https://www.w3.org/TR/fetch-metadata/), so
 * in `open` mode pages of other sites are refused unless their origin is allowed.
 * @throws GatewayError `permission_denied`
 */
export function refuseForeignPages({ headers }: Incoming, corsOrigins: readonly string[]): void {
  const site = headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return;
  if (corsOrigins.includes('*') || corsOrigins.includes(headers.get('origin') ?? '')) return;
  throw new GatewayError(
    'permission_denied',
    'Web pages of other sites may not use this gateway: add their origin to CORS_ORIGINS.',
  );
}
