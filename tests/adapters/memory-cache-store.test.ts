import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { usedMemory } from '../support/used-memory.ts';

const HOUR_MS = 3_600_000;

describe('the bytes that are accounted for', () => {
  it.each([
    ['small values', 30_000, 100, (i: number) => `${i}`.padStart(64, '0')],
    ['answers', 5_000, 10_000, (i: number) => `${i}`.padStart(64, '0')],
    ['long keys that need two bytes a character', 5_000, 100, (i: number) => `\u4f60${i}`.padEnd(1_000, '.')],
  ])('are what %s take, to the bounds they are used for', async (_, count, length, nameOf) => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: count, maxBytes: 1e9 });
    const before = await usedMemory();
    for (let i = 0; i < count; i += 1) await store.set('t', nameOf(i), new Uint8Array(length), HOUR_MS);
    const grown = (await usedMemory()) - before;
    const { entries, bytes } = store.size();
    expect(entries).toBe(count);
    expect(bytes / grown).toBeGreaterThan(0.9);
    expect(bytes / grown).toBeLessThan(1.4);
  });

  it('stay bounded, and the heap with them, while ten times as much goes through', async () => {
    const maxBytes = 8_000_000;
    const before = await usedMemory();
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: 1e6, maxBytes });
    for (let i = 0; i < 40_000; i += 1) {
      await store.set('t', `${i}`.padStart(64, '0'), new Uint8Array(1_500 + (i % 1_000)), HOUR_MS);
      if (i % 3 === 0) await store.get('t', `${i - 30}`.padStart(64, '0'));
    }
    expect(store.size().bytes).toBeLessThanOrEqual(maxBytes);
    expect((await usedMemory()) - before).toBeLessThan(1.2 * maxBytes);
  });
});
