import type { HeaderReader } from '../domain/call.ts';
import type { Principal } from '../domain/principal.ts';

/** The longest key that providers are known to take. */
const MAX_IDEMPOTENCY_KEY = 255;

/**
 * Two tenants that share the gateway's account may use the same idempotency key, and must not get each other's answer: the
 * provider is told whose it is. It stays the same over all attempts of a call.
 */
export function withinTenant(
  client: HeaderReader,
  { tenant, credential }: Pick<Principal, 'tenant' | 'credential'>,
): HeaderReader {
  const key = credential === null ? client.get('idempotency-key') : null;
  if (key === null) return client;
  const named = `${tenant}:${key}`;
  const sent = named.length <= MAX_IDEMPOTENCY_KEY ? named : null;
  return { get: (name) => (name === 'idempotency-key' ? sent : client.get(name)) };
}
