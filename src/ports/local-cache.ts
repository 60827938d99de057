import type { Entry } from '../domain/cache-entry.ts';

/** Kept answers of one tenant each, at hand in the process. Never throws. */
export interface LocalCache {
  /** To be read only; its bytes may not be transferred either (a stream of type `bytes` transfers what it is handed). */
  get(tenant: string, key: string): Entry | null;
  /** The entry is the store's from now on. Without a positive `ttlMs` there is nothing under the key afterwards. */
  set(tenant: string, key: string, entry: Entry, ttlMs: number): void;
  delete(tenant: string, key: string): void;
}
