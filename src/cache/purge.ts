import type { Entry } from '../domain/cache-entry.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';

/** Which of a tenant's entries are meant. */
export type PurgeScope =
  | { readonly kind: 'tenant' }
  /** `model`: as the provider knows it; `entry`: its key. */
  | { readonly kind: 'model' | 'tag' | 'namespace' | 'entry'; readonly name: string };

export interface PurgeDeps {
  /** The one that all processes share, where there is one. */
  readonly store: Pick<CacheStore, 'get' | 'set'>;
  readonly clock: Clock;
  /** Longest life of any entry: a purge is remembered that long. */
  readonly entryLifeMs: number;
  /** The store could not say what was purged: what was known before goes on to hold. */
  readonly onError: () => void;
  /** Scopes that are remembered in the process; default 10 000. */
  readonly maxScopes?: number;
}

/**
 * Purging without looking for what is purged: it notes the time, and whatever was stored until then counts no more.
 * Other processes hear of it within two seconds.
 */
export interface Purge {
  /** Rejects when it could not be noted. */
  purge(tenant: string, scope: PurgeScope): Promise<void>;
  /** Never rejects. At once, where all that matters was read a moment ago. */
  isPurged(tenant: string, place: Place, entry: PurgedBy): boolean | Promise<boolean>;
}

/** Where an entry was found. */
export interface Place {
  readonly key: string;
  readonly namespace: string | null;
}

type PurgedBy = Pick<Entry, 'storedAt' | 'model' | 'tags'>;

interface Known {
  /** Milliseconds since the epoch of the last purge; 0: never. */
  readonly purgedAt: number;
  readonly readAt: number;
}

const REREAD_MS = 2_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function createPurge({ store, clock, entryLifeMs, onError, maxScopes = 10_000 }: PurgeDeps): Purge {
  /** Those read longest ago come first, as a Map keeps the order of insertion. */
  const known = new Map<string, Known>();
  const reading = new Map<string, Promise<number>>();

  return {
    async purge(tenant, scope) {
      await note(tenant, storeKey(scope));
      // In this order: whoever reads the second finds the first.
      if (scope.kind === 'entry') await note(tenant, SOME_ENTRY);
    },

    isPurged(tenant, { key, namespace }, entry) {
      const last = lastPurge(tenant, namespace, entry);
      if (typeof last !== 'number')
        return last.then((time) => entry.storedAt <= time || isGone(tenant, key, entry));
      return entry.storedAt <= last || isGone(tenant, key, entry);
    },
  };

  async function note(tenant: string, key: string): Promise<void> {
    const now = clock.now();
    remember(tenant, key, now);
    await store.set(tenant, key, encoder.encode(String(now)), entryLifeMs);
  }

  /** When what an entry is a part of was purged for the last time. */
  function lastPurge(
    tenant: string,
    namespace: string | null,
    { model, tags }: PurgedBy,
  ): number | Promise<number> {
    const keys = [TENANT, storeKey({ kind: 'model', name: model })];
    if (namespace !== null) keys.push(storeKey({ kind: 'namespace', name: namespace }));
    for (const name of tags) keys.push(storeKey({ kind: 'tag', name }));
    return latest(keys.map((key) => purgedAt(tenant, key)));
  }

  /** Purged by itself. Asked only of what was there when some entry of the tenant was, so that a look costs no more for it. */
  function isGone(tenant: string, key: string, { storedAt }: PurgedBy): boolean | Promise<boolean> {
    const own = () =>
      orLater(purgedAt(tenant, storeKey({ kind: 'entry', name: key })), (time) => storedAt <= time);
    return orLater(purgedAt(tenant, SOME_ENTRY), (time) => storedAt <= time && own());
  }

  function purgedAt(tenant: string, key: string): number | Promise<number> {
    const id = idOf(tenant, key);
    const last = known.get(id);
    if (last !== undefined && clock.now() - last.readAt < REREAD_MS) return last.purgedAt;
    const running = reading.get(id);
    if (running !== undefined) return running;
    const started = read(tenant, key).finally(() => reading.delete(id));
    reading.set(id, started);
    return started;
  }

  async function read(tenant: string, key: string): Promise<number> {
    try {
      return remember(tenant, key, timeOf(await store.get(tenant, key)));
    } catch {
      onError();
      return remember(tenant, key, 0);
    }
  }

  /** A purge is never undone, whatever a store has forgotten or has not heard of yet. */
  function remember(tenant: string, key: string, time: number): number {
    const id = idOf(tenant, key);
    const purgedAt = Math.max(time, known.get(id)?.purgedAt ?? 0);
    known.delete(id);
    known.set(id, { purgedAt, readAt: clock.now() });
    const [oldest] = known.keys();
    if (known.size > maxScopes && oldest !== undefined) known.delete(oldest);
    return purgedAt;
  }
}

/** No other key of the cache looks like these: those are hashes. */
const TENANT = 'purged';
/** When an entry was purged by its key, whichever. */
const SOME_ENTRY = 'purged:entry';

function storeKey(scope: PurgeScope): string {
  return scope.kind === 'tenant' ? TENANT : `purged:${scope.kind}:${scope.name}`;
}

function latest(times: readonly (number | Promise<number>)[]): number | Promise<number> {
  const numbers = times.filter((time) => typeof time === 'number');
  if (numbers.length === times.length) return Math.max(...numbers);
  return Promise.all(times).then((all) => Math.max(...all));
}

function orLater<T>(
  value: number | Promise<number>,
  then: (value: number) => T | Promise<T>,
): T | Promise<T> {
  return typeof value === 'number' ? then(value) : value.then(then);
}

/** The length tells where the tenant ends, whatever either part holds. */
function idOf(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}${key}`;
}

function timeOf(bytes: Uint8Array | null): number {
  const time = bytes === null ? 0 : Number(decoder.decode(bytes));
  return Number.isFinite(time) ? time : 0;
}
