import { expect } from 'vitest';
import type { OwnerStore } from '../../src/ports/owner-store.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, SHORT_MS, show } from './contract.ts';

export interface MadeOwnerStore extends Made {
  readonly store: OwnerStore;
}

const HOUR_MS = 3_600_000;

/** Holds a driver to `src/ports/owner-store.ts`. */
export function ownerStoreContract(name: string, make: () => Promise<MadeOwnerStore>, gaps: Gaps = {}): void {
  contract(`OwnerStore: ${name}`, make, gaps, ({ test, timed, exact }) => {
    test('knows nobody at first, whatever the name', async ({ store }) => {
      for (const id of ['', 'resp_1', '__proto__', 'toString']) expect(await store.find('t', id)).toBeNull();
    });

    test('finds who was bound, and the last one bound', async ({ store }) => {
      await store.bind('t', 'resp_1', { provider: 'openai' }, HOUR_MS);
      expect(await store.find('t', 'resp_1')).toEqual({ provider: 'openai' });
      await store.bind('t', 'resp_1', { provider: 'azure' }, HOUR_MS);
      expect(await store.find('t', 'resp_1')).toEqual({ provider: 'azure' });
    });

    test('releases, once or twice', async ({ store }) => {
      await store.bind('t', 'resp_1', { provider: 'openai' }, HOUR_MS);
      await store.release('t', 'resp_1');
      await store.release('t', 'resp_1');
      expect(await store.find('t', 'resp_1')).toBeNull();
    });

    test('keeps what it was given, not the object', async ({ store }) => {
      const owner = { provider: 'openai' };
      await store.bind('t', 'resp_1', owner, HOUR_MS);
      owner.provider = 'evil';
      expect(await store.find('t', 'resp_1')).toEqual({ provider: 'openai' });
    });

    for (const [one, other] of CONFUSABLE) {
      test(`keeps ${show(one)} apart from ${show(other)}`, async ({ store }) => {
        await store.bind(...one, { provider: 'one' }, HOUR_MS);
        expect(await store.find(...other)).toBeNull();
        await store.release(...other);
        expect(await store.find(...one)).toEqual({ provider: 'one' });
        await store.bind(...other, { provider: 'other' }, HOUR_MS);
        expect(await store.find(...one)).toEqual({ provider: 'one' });
      });
    }

    test('passes names of any script through unchanged', async ({ store }) => {
      const provider = 'caf\u00e9 "\\ \u{1f680}\n';
      await store.bind('t', 'resp_\u{1f680}', { provider }, HOUR_MS);
      expect(await store.find('t', 'resp_\u{1f680}')).toEqual({ provider });
    });

    for (const ttl of [0, -1, Number.NaN]) {
      test(`binds nobody for a TTL of ${ttl}, nor who was bound before`, async ({ store }) => {
        await store.bind('t', 'resp_1', { provider: 'openai' }, HOUR_MS);
        await store.bind('t', 'resp_1', { provider: 'azure' }, ttl);
        expect(await store.find('t', 'resp_1')).toBeNull();
      });
    }

    timed('forgets when the TTL is over', async ({ store, advance }) => {
      await store.bind('t', 'resp_1', { provider: 'openai' }, SHORT_MS / 2);
      await advance(SHORT_MS);
      expect(await store.find('t', 'resp_1')).toBeNull();
    });

    exact('keeps a binding of 30 days to its last millisecond', async ({ store, advance }) => {
      await store.bind('t', 'resp_1', { provider: 'openai' }, 30 * DAY_MS);
      await advance(30 * DAY_MS - 1);
      expect(await store.find('t', 'resp_1')).toEqual({ provider: 'openai' });
      await advance(1);
      expect(await store.find('t', 'resp_1')).toBeNull();
    });
  });
}
