import type { GatewayDeps } from '../../../src/index.ts';
import type { Link } from './link.ts';

type Purges = GatewayDeps['cache']['purges'];

/** What was purged, as one process keeps it for all. */
export interface PurgeApi {
  notedPurge(tenant: string, key: string): Promise<Uint8Array | null>;
  notePurge(tenant: string, key: string, value: Uint8Array, ttlMs: number): Promise<void>;
}

/** An answer from the cache waits for it at most so long, once in two seconds. */
const DEADLINE_MS = 250;

export function purgeApi({ get, set }: Purges): PurgeApi {
  return { notedPurge: get, notePurge: set };
}

/** The purges that another process keeps for all. Rejects when that process does not answer in time. */
export function createSharedPurges(link: Link<PurgeApi>): Purges {
  return {
    get: (tenant, key) => link.call('notedPurge', [tenant, key], DEADLINE_MS),
    set: (tenant, key, value, ttlMs) => link.call('notePurge', [tenant, key, value, ttlMs], DEADLINE_MS),
  };
}
