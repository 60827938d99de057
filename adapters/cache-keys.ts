import { escapePart } from './key-part.ts';

/** How entries are written: `v1` as bytes, `v1t` as text (base64), for a store that is spoken to in JSON. */
export type CacheFormat = 'v1' | 'v1t';

export interface CacheKeys {
  entry(tenant: string, key: string): string;
  lease(tenant: string, key: string): string;
  /** All vectors of a scope. */
  vectors(tenant: string, scope: string): string;
}

/**
 * The names of a tenant's entries, leases and vectors. Each part is escaped, so that it holds neither the colon that separates nor
 * the braces that would tie keys to one slot of a cluster. Formats do not share names: their readers could not read what the
 * others wrote, and would overwrite it for ever.
 */
export function cacheKeys(format: CacheFormat): CacheKeys {
  const entry = (tenant: string, key: string) => `le:c:${escapePart(tenant)}:${format}:${escapePart(key)}`;
  return {
    entry,
    lease: (tenant, key) => `${entry(tenant, key)}:lease`,
    vectors: (tenant, scope) => `${entry(tenant, 'near')}:${escapePart(scope)}`,
  };
}

/**
 * Deletes KEYS[1] if it holds ARGV[1]: a lease that ended in the meantime, and that somebody else holds by now, stays.
 */
export const RELEASE_LEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;
