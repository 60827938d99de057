import { expect } from 'vitest';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import {
  CONFUSABLE as COMMON,
  contract,
  DAY_MS,
  type Gaps,
  type Made,
  type Pair,
  SHORT_MS,
  show,
} from './contract.ts';

export interface MadeCacheStore extends Made {
  readonly store: CacheStore;
}

export interface MadeSharedCacheStore extends MadeCacheStore {
  /** The driver of another process, over the same data. */
  readonly peer: CacheStore;
}

/** Halves of surrogate pairs are all the same once written as UTF-8. */
const CONFUSABLE: readonly (readonly [Pair, Pair])[] = [
  ...COMMON,
  [
    ['\ud800', 'k'],
    ['\ufffd', 'k'],
  ],
  [
    ['t', '\ud800'],
    ['t', '\udfff'],
  ],
  [
    ['t', 'a}b{t'],
    ['t', 'a%b:t'],
  ],
];

const HOUR_MS = 3_600_000;
const bytes = (...values: number[]) => Uint8Array.from(values);

/** Holds a driver to `src/ports/cache-store.ts`. */
export function cacheStoreContract(name: string, make: () => Promise<MadeCacheStore>, gaps: Gaps = {}): void {
  contract(`CacheStore: ${name}`, make, gaps, ({ test, timed, exact }) => {
    test('gives null for what was never set, whatever its name', async ({ store }) => {
      for (const key of ['', 'k', '__proto__', 'toString']) expect(await store.get('t', key)).toBeNull();
    });

    test('gives back every byte, as a Uint8Array', async ({ store }) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.set('t', 'k', all, HOUR_MS);
      const value = await store.get('t', 'k');
      expect(value).toBeInstanceOf(Uint8Array);
      expect(Array.from(value ?? [])).toEqual(Array.from(all));
    });

    test('keeps an empty value apart from none', async ({ store }) => {
      await store.set('t', 'k', bytes(), HOUR_MS);
      expect(await store.get('t', 'k')).toHaveLength(0);
    });

    test('keeps the part that a view shows, not its buffer', async ({ store }) => {
      await store.set('t', 'k', bytes(1, 2, 3, 4).subarray(1, 3), HOUR_MS);
      expect(Array.from((await store.get('t', 'k')) ?? [])).toEqual([2, 3]);
    });

    test('holds five megabytes', async ({ store }) => {
      const large = new Uint8Array(5_000_000).map((_, i) => i % 251);
      await store.set('t', 'k', large, HOUR_MS);
      const value = await store.get('t', 'k');
      expect(value?.byteLength).toBe(large.byteLength);
      expect(value?.every((byte, i) => byte === i % 251)).toBe(true);
    });

    test('holds a key of 10,000 characters apart from its like', async ({ store }) => {
      const long = 'k'.repeat(10_000);
      await store.set('t', `${long}1`, bytes(1), HOUR_MS);
      expect(await store.get('t', `${long}2`)).toBeNull();
      expect(await store.get('t', `${long}1`)).toEqual(bytes(1));
    });

    test('replaces', async ({ store }) => {
      await store.set('t', 'k', bytes(1), HOUR_MS);
      await store.set('t', 'k', bytes(2), HOUR_MS);
      expect(await store.get('t', 'k')).toEqual(bytes(2));
    });

    test('deletes, once or twice, and only what is named', async ({ store }) => {
      await store.set('t', 'k', bytes(1), HOUR_MS);
      await store.set('t', 'kept', bytes(2), HOUR_MS);
      await store.delete('t', 'k');
      await store.delete('t', 'k');
      expect(await store.get('t', 'k')).toBeNull();
      expect(await store.get('t', 'kept')).toEqual(bytes(2));
    });

    test('shares no bytes with who set a value nor with who reads it', async ({ store }) => {
      const given = bytes(1, 2, 3);
      await store.set('t', 'k', given, HOUR_MS);
      given[0] = 9;
      const read = await store.get('t', 'k');
      read?.fill(9);
      expect(await store.get('t', 'k')).toEqual(bytes(1, 2, 3));
    });

    for (const [one, other] of CONFUSABLE) {
      test(`keeps ${show(one)} apart from ${show(other)}`, async ({ store }) => {
        await store.set(...one, bytes(1), HOUR_MS);
        expect(await store.get(...other)).toBeNull();
        await store.set(...other, bytes(2), HOUR_MS);
        expect(await store.get(...one)).toEqual(bytes(1));
        await store.delete(...other);
        expect(await store.get(...one)).toEqual(bytes(1));
      });
    }

    for (const ttl of [0, -1, -DAY_MS, Number.NaN]) {
      test(`keeps nothing for a TTL of ${ttl}, nor what stood there before`, async ({ store }) => {
        await store.set('t', 'k', bytes(1), HOUR_MS);
        await store.set('t', 'k', bytes(2), ttl);
        expect(await store.get('t', 'k')).toBeNull();
      });
    }

    test('takes a TTL of a hundred years', async ({ store }) => {
      await store.set('t', 'k', bytes(1), 100 * 365 * DAY_MS);
      expect(await store.get('t', 'k')).toEqual(bytes(1));
    });

    test('takes a TTL with a fraction', async ({ store }) => {
      await store.set('t', 'k', bytes(1), HOUR_MS + 0.5);
      expect(await store.get('t', 'k')).toEqual(bytes(1));
    });

    timed('forgets when the TTL is over', async ({ store, advance }) => {
      await store.set('t', 'k', bytes(1), SHORT_MS / 2);
      await advance(SHORT_MS);
      expect(await store.get('t', 'k')).toBeNull();
    });

    timed('counts the TTL from the last set', async ({ store, advance }) => {
      await store.set('t', 'k', bytes(1), SHORT_MS / 2);
      await store.set('t', 'k', bytes(2), HOUR_MS);
      await advance(SHORT_MS);
      expect(await store.get('t', 'k')).toEqual(bytes(2));
    });

    exact('keeps a value to the last millisecond of its TTL and no longer, read or not', async (made) => {
      const { store, advance } = made;
      await store.set('t', 'k', bytes(1), 1_000);
      await advance(999);
      expect(await store.get('t', 'k')).toEqual(bytes(1));
      await advance(1);
      expect(await store.get('t', 'k')).toBeNull();
    });

    test('gives a lease to one of many who ask at once', async ({ store }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.acquire('t', 'k', HOUR_MS)));
      expect(answers.filter(Boolean)).toEqual([true]);
    });

    test('gives a lease again once it is released, and minds no release of what nobody holds', async ({
      store,
    }) => {
      await store.release('t', 'k');
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
      await store.release('t', 'k');
      await store.release('t', 'k');
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(false);
    });

    test('keeps leases and entries of one key apart', async ({ store }) => {
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
      expect(await store.get('t', 'k')).toBeNull();
      await store.set('t', 'k', bytes(1), HOUR_MS);
      await store.delete('t', 'k');
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(false);
      await store.set('t', 'k', bytes(1), HOUR_MS);
      await store.release('t', 'k');
      expect(await store.get('t', 'k')).toEqual(bytes(1));
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
    });

    for (const name of ['lease', ':lease', 'k:lease', 'v1:k']) {
      test(`takes no entry of the name ${name} for a lease`, async ({ store }) => {
        await store.set('t', name, bytes(1), HOUR_MS);
        for (const key of ['', 'k', name]) expect(await store.acquire('t', key, HOUR_MS)).toBe(true);
        expect(await store.get('t', name)).toEqual(bytes(1));
      });
    }

    for (const [one, other] of CONFUSABLE) {
      test(`keeps the leases of ${show(one)} and ${show(other)} apart`, async ({ store }) => {
        expect(await store.acquire(...one, HOUR_MS)).toBe(true);
        expect(await store.acquire(...other, HOUR_MS)).toBe(true);
        await store.release(...other);
        expect(await store.acquire(...one, HOUR_MS)).toBe(false);
      });
    }

    timed('ends a lease by itself', async ({ store, advance }) => {
      expect(await store.acquire('t', 'k', SHORT_MS / 2)).toBe(true);
      await advance(SHORT_MS);
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
    });

    for (const ttl of [0.5, 0, -DAY_MS, Number.NaN]) {
      timed(`ends a lease of ${ttl} ms after one`, async ({ store, advance }) => {
        expect(await store.acquire('t', 'k', ttl)).toBe(true);
        await advance(SHORT_MS / 2);
        expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
        expect(await store.acquire('t', 'k', ttl)).toBe(false);
      });
    }

    exact('keeps a lease to its last millisecond', async ({ store, advance }) => {
      expect(await store.acquire('t', 'k', 1_000)).toBe(true);
      await advance(999);
      expect(await store.acquire('t', 'k', 1_000)).toBe(false);
      await advance(1);
      expect(await store.acquire('t', 'k', 1_000)).toBe(true);
    });

    exact('forgets after days', async ({ store, advance }) => {
      await store.set('t', 'k', bytes(1), DAY_MS);
      await advance(30 * DAY_MS);
      expect(await store.get('t', 'k')).toBeNull();
    });

    test('ends with one whole value when 100 writers meet', async ({ store }) => {
      const write = (_: unknown, i: number) => store.set('t', 'k', new Uint8Array(1_000).fill(i), HOUR_MS);
      await Promise.all(Array.from({ length: 100 }, write));
      const value = await store.get('t', 'k');
      expect(value).toHaveLength(1_000);
      expect(new Set(value).size).toBe(1);
    });
  });
}

/** Holds a driver of a remote store to what two processes may expect of each other, beside the suite above. */
export function sharedCacheStoreContract(
  name: string,
  make: () => Promise<MadeSharedCacheStore>,
  gaps: Gaps = {},
): void {
  contract(`CacheStore: ${name}, seen by two processes`, make, gaps, ({ test, timed }) => {
    test('shows what the other wrote and deleted, and no other tenant any of it', async ({ store, peer }) => {
      await store.set('t', 'k', bytes(1, 0, 255), HOUR_MS);
      expect(await peer.get('t', 'k')).toEqual(bytes(1, 0, 255));
      expect(await peer.get('t2', 'k')).toBeNull();
      await peer.delete('t2', 'k');
      expect(await store.get('t', 'k')).toEqual(bytes(1, 0, 255));
      await peer.delete('t', 'k');
      expect(await store.get('t', 'k')).toBeNull();
    });

    test('gives a lease to one of the two', async ({ store, peer }) => {
      const both = await Promise.all([store.acquire('t', 'k', HOUR_MS), peer.acquire('t', 'k', HOUR_MS)]);
      expect(both.filter(Boolean)).toEqual([true]);
    });

    test('lets nobody release what another holds', async ({ store, peer }) => {
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(true);
      await peer.release('t', 'k');
      expect(await peer.acquire('t', 'k', HOUR_MS)).toBe(false);
      await store.release('t', 'k');
      expect(await peer.acquire('t', 'k', HOUR_MS)).toBe(true);
    });

    timed('does not release what another got when the lease was over', async ({ store, peer, advance }) => {
      expect(await store.acquire('t', 'k', SHORT_MS / 2)).toBe(true);
      await advance(SHORT_MS);
      expect(await peer.acquire('t', 'k', HOUR_MS)).toBe(true);
      await store.release('t', 'k');
      expect(await store.acquire('t', 'k', HOUR_MS)).toBe(false);
    });
  });
}
