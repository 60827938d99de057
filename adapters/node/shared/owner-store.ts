import type { OwnerStore } from '../../../src/ports/owner-store.ts';
import type { Link } from './link.ts';

const DEADLINE_MS = 250;

/** The bindings that another process keeps for all. Its methods reject when that process does not answer in time. */
export function createSharedOwnerStore(link: Link<OwnerStore>): OwnerStore {
  return {
    bind(tenant, objectId, owner, ttlMs) {
      const bound = link.call('bind', [tenant, objectId, owner, ttlMs], DEADLINE_MS);
      // The answer that names the id may leave in this very turn, and its reader may come back to another process.
      link.flush();
      return bound;
    },
    find: (tenant, objectId) => link.call('find', [tenant, objectId], DEADLINE_MS),
    release: (tenant, objectId) => link.call('release', [tenant, objectId], DEADLINE_MS),
  };
}
