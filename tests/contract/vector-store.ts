import { expect } from 'vitest';
import type { VectorQuery, VectorStore } from '../../src/ports/vector-store.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, SHORT_MS, show } from './contract.ts';

export interface MadeVectorStore extends Made {
  readonly store: VectorStore;
}

const HOUR_MS = 3_600_000;

/** Of length 1, so that its cosine similarity to `at(0)` is the cosine of the angle. */
const at = (degrees: number) => {
  const angle = (degrees / 180) * Math.PI;
  return new Float32Array([Math.cos(angle), Math.sin(angle), 0]);
};

const near = (vector: Float32Array, more: Partial<VectorQuery> = {}): VectorQuery => ({
  vector,
  threshold: 0.9,
  count: 10,
  ...more,
});

/** Holds a driver to `src/ports/vector-store.ts`. */
export function vectorStoreContract(
  name: string,
  make: () => Promise<MadeVectorStore>,
  gaps: Gaps = {},
): void {
  contract(`VectorStore: ${name}`, make, gaps, ({ test, timed, exact }) => {
    const add = (store: VectorStore, key: string, degrees: number, ttlMs = HOUR_MS) =>
      store.add('t', 's', { key, vector: at(degrees), facts: `facts of ${key}` }, ttlMs);
    const keys = async (store: VectorStore, query: VectorQuery) =>
      (await store.search('t', 's', query)).map(({ key }) => key);

    test('finds nothing at first, whatever the scope', async ({ store }) => {
      for (const scope of ['', 's', '__proto__', 'toString'])
        expect(await store.search('t', scope, near(at(0)))).toEqual([]);
    });

    test('finds what is near enough, the nearest first, with what goes with it', async ({ store }) => {
      await add(store, 'far', 60);
      await add(store, 'second', 20);
      await add(store, 'first', 5);
      expect(await store.search('t', 's', near(at(0)))).toEqual([
        { key: 'first', facts: 'facts of first', similarity: expect.closeTo(0.9962, 3) },
        { key: 'second', facts: 'facts of second', similarity: expect.closeTo(0.9397, 3) },
      ]);
      expect(await keys(store, near(at(0), { threshold: 0.99 }))).toEqual(['first']);
      expect(await keys(store, near(at(0), { count: 1 }))).toEqual(['first']);
    });

    test('takes equal vectors for equal, and nothing for more than that', async ({ store }) => {
      const vector = Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i + 1));
      const length = Math.hypot(...vector);
      const unit = vector.map((value) => value / length);
      await store.add('t', 's', { key: 'k', vector: unit, facts: '' }, HOUR_MS);
      const [found] = await store.search('t', 's', near(unit, { threshold: 1 }));
      expect(found?.similarity).toBeCloseTo(1, 4);
      expect(found?.similarity).toBeLessThanOrEqual(1);
    });

    test('replaces what stood under the key, and no other', async ({ store }) => {
      await add(store, 'one', 0);
      await add(store, 'other', 0);
      await add(store, 'one', 90);
      expect(await keys(store, near(at(0)))).toEqual(['other']);
      expect(await keys(store, near(at(90)))).toEqual(['one']);
    });

    test('is near to nothing of other dimensions', async ({ store }) => {
      await add(store, 'one', 0);
      expect(await keys(store, near(new Float32Array([1, 0])))).toEqual([]);
      expect(await keys(store, near(new Float32Array([1, 0, 0, 0])))).toEqual([]);
    });

    test('keeps what it was given, not the array', async ({ store }) => {
      const vector = at(0);
      await store.add('t', 's', { key: 'k', vector, facts: '' }, HOUR_MS);
      vector.set([0, 1, 0]);
      expect(await keys(store, near(at(0)))).toEqual(['k']);
    });

    for (const [one, other] of CONFUSABLE) {
      test(`keeps ${show(one)} apart from ${show(other)}`, async ({ store }) => {
        await store.add(...one, { key: 'k', vector: at(0), facts: 'one' }, HOUR_MS);
        expect(await store.search(...other, near(at(0)))).toEqual([]);
        await store.add(...other, { key: 'k', vector: at(0), facts: 'other' }, HOUR_MS);
        expect(await store.search(...one, near(at(0)))).toMatchObject([{ facts: 'one' }]);
      });
    }

    for (const ttl of [0, -1, Number.NaN]) {
      test(`keeps nothing for a TTL of ${ttl}, nor what was there before`, async ({ store }) => {
        await add(store, 'k', 0);
        await add(store, 'k', 0, ttl);
        expect(await keys(store, near(at(0)))).toEqual([]);
      });
    }

    timed('forgets when the TTL is over', async ({ store, advance }) => {
      await add(store, 'k', 0, SHORT_MS / 2);
      await advance(SHORT_MS);
      expect(await keys(store, near(at(0)))).toEqual([]);
    });

    exact('keeps a vector of 30 days to its last millisecond', async ({ store, advance }) => {
      await add(store, 'k', 0, 30 * DAY_MS);
      await advance(30 * DAY_MS - 1);
      expect(await keys(store, near(at(0)))).toEqual(['k']);
      await advance(1);
      expect(await keys(store, near(at(0)))).toEqual([]);
    });
  });
}
