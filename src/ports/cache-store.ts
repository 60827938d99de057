/** Opaque entries of one tenant. A missing, expired or unreadable entry is null, never an error. */
export interface CacheStore {
  get(tenant: string, key: string): Promise<Uint8Array | null>;
  set(tenant: string, key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  delete(tenant: string, key: string): Promise<void>;
}
