import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import {
  createMemoryVectorStore,
  type MemoryVectorStore,
  type MemoryVectorStoreOptions,
} from '../../adapters/memory/vector-store.ts';
import { similarity, unitVector } from '../../src/semantic/vector.ts';
import { vectorStoreContract } from '../contract/vector-store.ts';

const HOUR_MS = 3_600_000;

vectorStoreContract('memory', async () => {
  const clock = createFakeClock();
  return { store: createMemoryVectorStore({ clock }), advance: clock.advance };
});

function small(options: Partial<MemoryVectorStoreOptions> = {}) {
  const clock = createFakeClock();
  return { clock, store: createMemoryVectorStore({ clock, ...options }) };
}

const axis = (index: number, dimensions = 64) =>
  Float32Array.from({ length: dimensions }, (_, i) => (i === index ? 1 : 0));
const add = (store: MemoryVectorStore, key: string, index: number, scope = 's', ttlMs = HOUR_MS) =>
  store.add('t', scope, { key, vector: axis(index), facts: '' }, ttlMs);
const find = async (store: MemoryVectorStore, index: number, scope = 's') =>
  (await store.search('t', scope, { vector: axis(index), threshold: 0.9, count: 9 })).map(({ key }) => key);

describe('the vector store in memory', () => {
  it('forgets what was not found for longest, whatever scope it is in', async () => {
    const { store } = small({ maxEntries: 3 });
    await add(store, 'a', 0);
    await add(store, 'b', 1, 'other');
    await add(store, 'c', 2);
    expect(await find(store, 0)).toEqual(['a']);
    await add(store, 'd', 3);
    expect(store.size().entries).toBe(3);
    expect(await find(store, 1, 'other')).toEqual([]);
    expect([await find(store, 0), await find(store, 2), await find(store, 3)]).toEqual([['a'], ['c'], ['d']]);
  });

  it('holds to its bytes, and keeps nothing that is larger than all of them', async () => {
    const { store } = small({ maxBytes: 5_000 });
    for (let i = 0; i < 50; i++) await add(store, `k${i}`, i % 64);
    const { entries, bytes } = store.size();
    expect(bytes).toBeLessThanOrEqual(5_000);
    expect(entries).toBeGreaterThanOrEqual(3);
    await store.add('t', 's', { key: 'huge', vector: axis(0), facts: 'x'.repeat(5_000) }, HOUR_MS);
    expect(store.size()).toEqual({ entries, bytes });
  });

  it('frees what has expired when it comes across it', async () => {
    const { store, clock } = small();
    await add(store, 'a', 0, 's', 1_000);
    await clock.advance(1_000);
    expect(await find(store, 5)).toEqual([]);
    expect(store.size()).toEqual({ entries: 0, bytes: 0 });
  });

  it('finds what comparing every dimension finds', async () => {
    const { store } = small();
    const random = mulberry(7);
    const center = Array.from({ length: 256 }, () => random() - 0.5);
    const vectors = Array.from({ length: 300 }, (_, i) =>
      unit(center.map((value) => value + (random() - 0.5) * (i / 150))),
    );
    for (const [i, vector] of vectors.entries()) {
      await store.add('t', 's', { key: String(i), vector, facts: '' }, HOUR_MS);
    }
    const asked = unit(center);
    for (const threshold of [0.8, 0.9, 0.95, 0.99]) {
      const wanted = vectors.flatMap((vector, i) =>
        similarity(vector, asked) >= threshold ? [String(i)] : [],
      );
      const found = await store.search('t', 's', { vector: asked, threshold, count: 1_000 });
      expect(found.map(({ key }) => key).sort()).toEqual(wanted.sort());
      expect(wanted.length).toBeGreaterThan(0);
    }
  });
});

function unit(values: number[]): Float32Array {
  const vector = unitVector(values);
  if (vector === null) throw new Error('no direction');
  return vector;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
