import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createTiers, DECODED_BYTES } from '../../src/cache/tiers.ts';

const HOUR_MS = 3_600_000;

describe('peek', () => {
  it('gives the bytes of a live entry at once, and nothing of what is over or of another tenant', async () => {
    const clock = createFakeClock();
    const store = createMemoryCacheStore({ clock });
    await store.set('t', 'k', Uint8Array.of(1, 2), 1_000);
    expect(store.peek('t', 'k')).toEqual(Uint8Array.of(1, 2));
    expect(store.peek('t', 'k')).toBe(store.peek('t', 'k'));
    expect([store.peek('t', 'other'), store.peek('t2', 'k')]).toEqual([null, null]);
    await clock.advance(1_000);
    expect(store.peek('t', 'k')).toBeNull();
    expect(store.size()).toEqual({ entries: 0, bytes: 0 });
  });

  it('keeps an entry from eviction, as get does', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: 2 });
    for (const key of ['a', 'b']) await store.set('t', key, Uint8Array.of(1), HOUR_MS);
    store.peek('t', 'a');
    await store.set('t', 'c', Uint8Array.of(1), HOUR_MS);
    expect([store.peek('t', 'a') !== null, store.peek('t', 'b')]).toEqual([true, null]);
  });

  it('gives bytes that stay as they were when the entry is replaced or gone', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock() });
    await store.set('t', 'k', Uint8Array.of(1), HOUR_MS);
    const held = store.peek('t', 'k');
    await store.set('t', 'k', Uint8Array.of(2), HOUR_MS);
    await store.delete('t', 'k');
    expect(held).toEqual(Uint8Array.of(1));
  });
});

describe('the bytes that are accounted for', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const used = () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  it.each([
    ['small values', 30_000, 100, (i: number) => `${i}`.padStart(64, '0')],
    ['answers', 5_000, 10_000, (i: number) => `${i}`.padStart(64, '0')],
    ['long keys that need two bytes a character', 5_000, 100, (i: number) => `\u4f60${i}`.padEnd(1_000, '.')],
  ])('are what %s take, to the bounds they are used for', async (_, count, length, nameOf) => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: count, maxBytes: 1e9 });
    const before = used();
    for (let i = 0; i < count; i += 1) await store.set('t', nameOf(i), new Uint8Array(length), HOUR_MS);
    const grown = used() - before;
    const { entries, bytes } = store.size();
    expect(entries).toBe(count);
    expect(bytes / grown).toBeGreaterThan(0.9);
    expect(bytes / grown).toBeLessThan(1.4);
  });

  it('hold what tiers remember of it as well', async () => {
    const clock = createFakeClock();
    const count = 5_000;
    const l1 = createMemoryCacheStore({
      clock,
      maxEntries: count,
      maxBytes: 1e9,
      readerBytes: DECODED_BYTES,
    });
    const noted = { onWrite: () => {}, onError: () => {} };
    const tiers = createTiers({ l1, l2: null, clock, l1Ms: HOUR_MS, queue: null, ...noted });
    const usage = { input: 1, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 2, reasoning: 0 };
    const before = used();
    for (let i = 0; i < count; i += 1) {
      const key = `${i}`.padStart(64, '0');
      const entry = {
        storedAt: clock.now(),
        ttlMs: HOUR_MS,
        tookMs: 1,
        dialect: 'openai-chat',
        kind: 'json',
        contentType: 'application/json',
        provider: 'openai',
        model: 'gpt-4o-mini',
        usage: { ...usage, estimated: false },
        cost: 1,
        tags: ['team=search'],
        dropped: '',
        chunks: [],
        body: new Uint8Array(1_000),
      } as const;
      await tiers.store('t', key, entry, { l1Ms: HOUR_MS, l2Ms: 0 });
      tiers.lookNear('t', key);
    }
    const grown = used() - before;
    expect(l1.size().entries).toBe(count);
    expect(l1.size().bytes / grown).toBeGreaterThan(0.95);
    expect(l1.size().bytes / grown).toBeLessThan(1.4);
  });

  it('stay bounded, and the heap with them, while ten times as much goes through', async () => {
    const maxBytes = 8_000_000;
    const before = used();
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: 1e6, maxBytes });
    for (let i = 0; i < 40_000; i += 1) {
      await store.set('t', `${i}`.padStart(64, '0'), new Uint8Array(1_500 + (i % 1_000)), HOUR_MS);
      if (i % 3 === 0) store.peek('t', `${i - 30}`.padStart(64, '0'));
    }
    expect(store.size().bytes).toBeLessThanOrEqual(maxBytes);
    expect(used() - before).toBeLessThan(1.2 * maxBytes);
  });
});
