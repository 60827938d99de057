import type { CacheStore, LocalCacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';
import { type StaleSettings, storeTtlMs } from './freshness.ts';
import { WriteQueue, type WriteQueueOptions } from './write-queue.ts';

export type Tier = 'l1' | 'l2';
export type StoreOperation = 'get' | 'set' | 'delete';
export type EntryStore = Pick<CacheStore, StoreOperation>;
export type LocalEntryStore = Pick<LocalCacheStore, 'peek' | 'set' | 'delete'>;

export interface TiersDeps {
  /** In the process. */
  readonly l1: LocalEntryStore;
  /** Shared; null: none. */
  readonly l2: EntryStore | null;
  readonly clock: Clock;
  /** Longest time in `l1` for what is found in `l2`. */
  readonly l1Ms: number;
  readonly onWrite: (tier: Tier) => void;
  readonly onError: (tier: Tier, operation: StoreOperation) => void;
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
  /** Resolves when both have it, or have failed to: for `waitUntil`, never for an answer to wait for. */
  store(tenant: string, key: string, entry: Entry, lifetimes: Lifetimes): Promise<void>;
  remove(tenant: string, key: string): Promise<void>;
}

/** An entry that is remembered as it was decoded, with at most so many chunks; measured on V8 (Node 24). */
export const DECODED_BYTES = 560;
const MAX_CHUNKS = 64;

export function createTiers({ l1, l2, clock, l1Ms, onWrite, onError, queue }: TiersDeps): Tiers {
  const writes = queue === null ? null : new WriteQueue(queue);
  /** What the first tier holds is read again and again, and is the same bytes each time. */
  const decoded = new WeakMap<Uint8Array, Entry>();

  return {
    lookNear,

    async lookFar(tenant, key, stale, onFault = () => {}) {
      const far = l2 === null ? null : await read(l2, tenant, key, onFault);
      if (far === null) return null;
      void write('l1', l1, tenant, key, far.bytes, Math.min(l1Ms, leftMs(far.entry, stale)));
      return { tier: 'l2', entry: far.entry };
    },

    async store(tenant, key, entry, lifetimes) {
      const bytes = encodeEntry(entry);
      const near = write('l1', l1, tenant, key, bytes, lifetimes.l1Ms);
      await Promise.all([near, l2 === null ? null : queued(l2)]);

      function queued(store: EntryStore): Promise<void> {
        const far = () => write('l2', store, tenant, key, bytes, lifetimes.l2Ms);
        return writes === null || lifetimes.l2Ms <= 0 ? far() : writes.add(bytes.length, far);
      }
    },

    async remove(tenant, key) {
      await Promise.all([drop('l1', l1, tenant, key), l2 === null ? null : drop('l2', l2, tenant, key)]);
    },
  };

  function lookNear(tenant: string, key: string): Found | null {
    const bytes = l1.peek(tenant, key);
    const entry = bytes === null ? null : (decoded.get(bytes) ?? decodeEntry(bytes));
    if (bytes === null || entry === null) return null;
    if (entry.chunks.length <= MAX_CHUNKS) decoded.set(bytes, entry);
    return { tier: 'l1', entry };
  }

  async function read(store: EntryStore, tenant: string, key: string, onFault: () => void) {
    try {
      const bytes = await store.get(tenant, key);
      const entry = bytes === null ? null : decodeEntry(bytes);
      return bytes === null || entry === null ? null : { bytes, entry };
    } catch {
      onError('l2', 'get');
      onFault();
      return null;
    }
  }

  async function write(
    tier: Tier,
    store: Pick<EntryStore, 'set'>,
    tenant: string,
    key: string,
    bytes: Uint8Array,
    ttlMs: number,
  ): Promise<void> {
    if (ttlMs <= 0) return;
    try {
      await store.set(tenant, key, bytes, ttlMs);
      onWrite(tier);
    } catch {
      onError(tier, 'set');
    }
  }

  async function drop(
    tier: Tier,
    store: Pick<EntryStore, 'delete'>,
    tenant: string,
    key: string,
  ): Promise<void> {
    try {
      await store.delete(tenant, key);
    } catch {
      onError(tier, 'delete');
    }
  }

  function leftMs({ storedAt, ttlMs }: Entry, stale: StaleSettings): number {
    return storedAt + storeTtlMs(ttlMs, stale) - clock.now();
  }
}
