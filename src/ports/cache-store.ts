/**
 * Opaque entries of one tenant, and short leases on their keys. A missing, expired or unreadable entry is null, never an
 * error. Drivers of remote stores reject with a `StoreFault`, at the latest when their deadline is over; whoever calls
 * takes any rejection for a miss. A write that was rejected may have happened all the same. The driver in memory never
 * rejects.
 */
export interface CacheStore {
  /** The caller may do with the bytes what it likes. */
  get(tenant: string, key: string): Promise<Uint8Array | null>;
  /** Without a positive `ttlMs` there is nothing under the key afterwards, whatever stood there before. */
  set(tenant: string, key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  delete(tenant: string, key: string): Promise<void>;
  /**
   * True for the one who gets the lease; nobody else does until it is released or `ttlMs` (at least 1) are over. Leases
   * and entries of one key know nothing of each other.
   */
  acquire(tenant: string, key: string, ttlMs: number): Promise<boolean>;
  /** Ends the lease that this process got. One that ended by itself, and that another process got since, stays. */
  release(tenant: string, key: string): Promise<void>;
}
