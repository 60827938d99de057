import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entry } from './entry.ts';

/** Which of a tenant's entries are meant. */
export type PurgeScope =
  | { readonly kind: 'tenant' }
  /** `model`: as the provider knows it. */
  | { readonly kind: 'model' | 'tag' | 'namespace'; readonly name: string };

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
  /** Never rejects. */
  isPurged(tenant: string, namespace: string | null, entry: PurgedBy): Promise<boolean>;
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
      const key = storeKey(scope);
      const now = clock.now();
      remember(tenant, key, now);
      await store.set(tenant, key, encoder.encode(String(now)), entryLifeMs);
    },

    async isPurged(tenant, namespace, { storedAt, model, tags }) {
      const scopes: PurgeScope[] = [{ kind: 'tenant' }, { kind: 'model', name: model }];
      if (namespace !== null) scopes.push({ kind: 'namespace', name: namespace });
      for (const name of tags) scopes.push({ kind: 'tag', name });
      const times = await Promise.all(scopes.map((scope) => purgedAt(tenant, storeKey(scope))));
      return times.some((time) => storedAt <= time);
    },
  };

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

/** No other key of the cache looks like it: those are hashes. */
function storeKey(scope: PurgeScope): string {
  return scope.kind === 'tenant' ? 'purged' : `purged:${scope.kind}:${scope.name}`;
}

/** The length tells where the tenant ends, whatever either part holds. */
function idOf(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}${key}`;
}

function timeOf(bytes: Uint8Array | null): number {
  const time = bytes === null ? 0 : Number(decoder.decode(bytes));
  return Number.isFinite(time) ? time : 0;
}
