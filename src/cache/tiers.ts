import type { Entry } from '../domain/cache-entry.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LocalCache } from '../ports/local-cache.ts';
import { decodeEntry, encodeEntry } from './entry.ts';
import { type StaleSettings, storeTtlMs } from './freshness.ts';
import { WriteQueue, type WriteQueueOptions } from './write-queue.ts';

export type Tier = 'l1' | 'l2';
export type StoreOperation = 'get' | 'set' | 'delete';
export type EntryStore = Pick<CacheStore, StoreOperation>;

export interface TiersDeps {
  /** In the process. */
  readonly l1: LocalCache;
  /** Shared; null: none. */
  readonly l2: EntryStore | null;
  readonly clock: Clock;
  /** Longest time in `l1` for what is found in `l2`. */
  readonly l1Ms: number;
  readonly onWrite: (tier: Tier) => void;
  /** What a store could not do; `l1` never fails. */
  readonly onError: (operation: StoreOperation) => void;
  /** Writes to `l2` that wait. Null: none does, where what one request began must not hang on another (workerd). */
  readonly queue: WriteQueueOptions | null;
}

export interface Found {
  readonly tier: Tier;
  readonly entry: Entry;
}

/** How long each tier keeps an entry, its stale times included; 0: not at all. */
export interface Lifetimes {
  readonly l1Ms: number;
  readonly l2Ms: number;
}

/** The two stores as one. Nothing here rejects: whatever a store fails with is a miss, or a write that is lost. */
export interface Tiers {
  /**
   * In the shared store, from where what is found comes nearer.
   * @param stale how long an entry is of use after its time
   * @param onFault told when a store could not say
   */
  lookFar(tenant: string, key: string, stale: StaleSettings, onFault?: () => void): Promise<Found | null>;
  /** In the process alone, at once. */
  lookNear(tenant: string, key: string): Found | null;
  /**
   * The process has it at once. The promise resolves when the shared store has it too, or has failed to: for `waitUntil`,
   * never for an answer to wait for. Null: nothing is written there.
   */
  store(tenant: string, key: string, entry: Entry, lifetimes: Lifetimes): Promise<void> | null;
  remove(tenant: string, key: string): Promise<void>;
}

export function createTiers({ l1, l2, clock, l1Ms, onWrite, onError, queue }: TiersDeps): Tiers {
  const writes = queue === null ? null : new WriteQueue(queue);

  return {
    lookNear(tenant, key) {
      const entry = l1.get(tenant, key);
      return entry === null ? null : { tier: 'l1', entry };
    },

    async lookFar(tenant, key, stale, onFault = () => {}) {
      const entry = l2 === null ? null : await read(l2, tenant, key, onFault);
      if (entry === null) return null;
      keepNear(tenant, key, entry, Math.min(l1Ms, leftMs(entry, stale)));
      return { tier: 'l2', entry };
    },

    store(tenant, key, entry, lifetimes) {
      keepNear(tenant, key, entry, lifetimes.l1Ms);
      return l2 === null || lifetimes.l2Ms <= 0 ? null : keepFar(l2, tenant, key, entry, lifetimes.l2Ms);
    },

    async remove(tenant, key) {
      l1.delete(tenant, key);
      try {
        await l2?.delete(tenant, key);
      } catch {
        onError('delete');
      }
    },
  };

  async function read(
    store: EntryStore,
    tenant: string,
    key: string,
    onFault: () => void,
  ): Promise<Entry | null> {
    try {
      const bytes = await store.get(tenant, key);
      return bytes === null ? null : decodeEntry(bytes);
    } catch {
      onError('get');
      onFault();
      return null;
    }
  }

  function keepNear(tenant: string, key: string, entry: Entry, ttlMs: number): void {
    if (ttlMs <= 0) return;
    l1.set(tenant, key, entry, ttlMs);
    onWrite('l1');
  }

  function keepFar(
    store: EntryStore,
    tenant: string,
    key: string,
    entry: Entry,
    ttlMs: number,
  ): Promise<void> {
    const bytes = encodeEntry(entry);
    const write = async () => {
      try {
        await store.set(tenant, key, bytes, ttlMs);
        onWrite('l2');
      } catch {
        onError('set');
      }
    };
    return writes === null ? write() : writes.add(bytes.length, write);
  }

  function leftMs({ storedAt, ttlMs }: Entry, stale: StaleSettings): number {
    return storedAt + storeTtlMs(ttlMs, stale) - clock.now();
  }
}
