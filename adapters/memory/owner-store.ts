import type { Clock } from '../../src/ports/clock.ts';
import type { Owner, OwnerStore } from '../../src/ports/owner-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryOwnerStoreOptions {
  readonly clock: Clock;
  /** Bindings of all tenants together; past it the one unused for longest is forgotten. */
  readonly maxBindings?: number;
}

export function createMemoryOwnerStore({
  clock,
  maxBindings = 100_000,
}: MemoryOwnerStoreOptions): OwnerStore {
  const owners = new ExpiringMap<Owner>({ clock, maxEntries: maxBindings });
  return {
    async bind(tenant, objectId, { provider }, ttlMs) {
      owners.set(scopedKey(tenant, objectId), Object.freeze({ provider }), clock.now() + ttlMs);
    },
    async find(tenant, objectId) {
      return owners.get(scopedKey(tenant, objectId)) ?? null;
    },
    async release(tenant, objectId) {
      owners.delete(scopedKey(tenant, objectId));
    },
  };
}
