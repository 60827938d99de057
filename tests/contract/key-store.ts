import { expect } from 'vitest';
import { FULL_GRANT } from '../../src/domain/grant.ts';
import type { KeyRecord, KeyStore } from '../../src/ports/key-store.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeKeyStore extends Made {
  readonly store: KeyStore;
}

const HASH = 'a'.repeat(64);
const record = (fields: Partial<KeyRecord> = {}): KeyRecord => ({
  ...FULL_GRANT,
  id: 'key-1',
  version: 1,
  hash: HASH,
  former: [],
  hint: 'lek_abcd',
  name: 'ci',
  tenant: 'acme',
  expiresAt: null,
  createdAt: 1.7e12,
  revokedAt: null,
  ...fields,
});

const FULL = record({
  id: 'key-2',
  hash: 'f'.repeat(64),
  former: [{ hash: 'e'.repeat(64), until: 1.8e12 }],
  tags: ['team=search'],
  models: ['gpt-4o*', 'r\u00f4le \u{1f511}'],
  routes: [],
  providers: ['openai'],
  limits: { rpm: 60, tpm: 0, concurrency: 3 },
  budgets: [{ usd: 8_999_999_999_999_999, period: 'month', softPercent: 80 }],
  cache: { mode: 'off' },
  expiresAt: 0,
  revokedAt: 1.9e12,
});

/** Tenants of which a driver that joins, matches or folds names takes one for another. */
const TENANTS = [
  'a',
  'ab',
  'a:b',
  'a:',
  '',
  '*',
  '?',
  '[a]',
  '{a}',
  'A',
  'caf\u00e9',
  'cafe\u0301',
  '__proto__',
];

/** Holds a driver to `src/ports/key-store.ts`. */
export function keyStoreContract(name: string, make: () => Promise<MadeKeyStore>, gaps: Gaps = {}): void {
  contract(`KeyStore: ${name}`, make, gaps, ({ test }) => {
    const all = async (store: KeyStore, tenant: string | null) =>
      (await store.list({ tenant, after: null, limit: 500 })).records;

    test('finds nothing at first, whatever the hash', async ({ store }) => {
      for (const hash of ['', HASH, '__proto__', '*']) {
        expect(await store.find(hash)).toBeNull();
        expect(await store.get(hash)).toBeNull();
      }
      expect(await store.list({ tenant: 'acme', after: null, limit: 10 })).toEqual({
        records: [],
        next: null,
      });
      expect(await store.list({ tenant: null, after: null, limit: 10 })).toEqual({ records: [], next: null });
    });

    test('gives back every field, the nulls too, by hash and by id', async ({ store }) => {
      for (const one of [record(), FULL]) {
        expect(await store.put(one)).toBe(true);
        expect(await store.find(one.hash)).toEqual(one);
        expect(await store.get(one.id)).toEqual(one);
      }
    });

    test('passes odd text through unchanged', async ({ store }) => {
      const odd = record({ name: '"\\\n:{}*\u{1f511}\ud800', id: 'a:b', models: ['a,b', 'c"d', ''] });
      await store.put(odd);
      expect(await store.find(odd.hash)).toEqual(odd);
    });

    test('replaces a record by its next version', async ({ store }) => {
      await store.put(record({ models: ['m'] }));
      const next = record({ version: 2, name: 'new' });
      expect(await store.put(next)).toBe(true);
      expect(await store.find(HASH)).toEqual(next);
      expect(await all(store, 'acme')).toEqual([next]);
    });

    test('refuses a version that does not follow on what is there', async ({ store }) => {
      expect(await store.put(record({ version: 2 }))).toBe(false);
      await store.put(record());
      for (const version of [1, 3]) expect(await store.put(record({ version, name: 'late' }))).toBe(false);
      expect(await store.get('key-1')).toEqual(record());
    });

    test('lets one of several changes at the same time through', async ({ store }) => {
      await store.put(record());
      const changes = Array.from({ length: 20 }, (_, i) => store.put(record({ version: 2, name: `n${i}` })));
      expect((await Promise.all(changes)).filter((done) => done)).toHaveLength(1);
    });

    test('refuses a hash that is another key\u2019s', async ({ store }) => {
      await store.put(record());
      expect(await store.put(record({ id: 'key-9' }))).toBe(false);
      const asFormer = record({ id: 'key-9', hash: 'b'.repeat(64), former: [{ hash: HASH, until: 1 }] });
      expect(await store.put(asFormer)).toBe(false);
      expect(await store.find(HASH)).toEqual(record());
      expect(await store.find('b'.repeat(64))).toBeNull();
    });

    test('finds a key by its former hashes, as long as the record has them', async ({ store }) => {
      await store.put(record());
      const rotated = record({ version: 2, hash: 'b'.repeat(64), former: [{ hash: HASH, until: 5 }] });
      await store.put(rotated);
      expect(await store.find(HASH)).toEqual(rotated);
      expect(await store.find(rotated.hash)).toEqual(rotated);
      await store.put({ ...rotated, version: 3, former: [] });
      expect(await store.find(HASH)).toBeNull();
      expect(await store.put(record({ id: 'key-9' }))).toBe(true);
    });

    test('deletes, once or twice, from find, get and list', async ({ store }) => {
      const kept = record({ id: 'key-9', hash: 'b'.repeat(64) });
      await store.put(FULL);
      await store.put(kept);
      await store.delete(FULL.id);
      await store.delete(FULL.id);
      for (const hash of [FULL.hash, 'e'.repeat(64)]) expect(await store.find(hash)).toBeNull();
      expect(await store.get(FULL.id)).toBeNull();
      expect(await all(store, 'acme')).toEqual([kept]);
      expect(await all(store, null)).toEqual([kept]);
      expect(await store.put(FULL)).toBe(true);
    });

    test('finds by the exact hash only', async ({ store }) => {
      await store.put(record());
      for (const hash of [HASH.toUpperCase(), HASH.slice(1), `${HASH}a`, 'a*'])
        expect(await store.find(hash)).toBeNull();
    });

    test('lists the keys of one tenant only, or of all', async ({ store }) => {
      const of = (tenant: string, i: number) => record({ tenant, id: `id-${100 + i}`, hash: `hash-${i}` });
      for (const [i, tenant] of TENANTS.entries()) await store.put(of(tenant, i));
      for (const [i, tenant] of TENANTS.entries())
        expect(await all(store, tenant), JSON.stringify(tenant)).toEqual([of(tenant, i)]);
      expect(await all(store, null)).toEqual(TENANTS.map(of));
    });

    test('lists page by page, in the order of ids', async ({ store }) => {
      const ids = ['B', 'a', 'C', '0', 'b', '_', '10', '9', 'a0'];
      await Promise.all(ids.map((id) => store.put(record({ id, hash: `hash ${id}` }))));
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page = await store.list({ tenant: 'acme', after, limit: 4 });
        expect(page.records.length).toBeLessThanOrEqual(4);
        seen.push(...page.records.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(seen).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
    });

    test('lists all of 300 keys, and says no next where there is none', async ({ store }) => {
      const ids = Array.from({ length: 300 }, (_, i) => `key-${1000 + i}`);
      await Promise.all(ids.map((id) => store.put(record({ id, hash: `hash of ${id}` }))));
      expect((await all(store, 'acme')).map(({ id }) => id)).toEqual(ids);
      expect((await store.list({ tenant: null, after: null, limit: 300 })).next).toBeNull();
    });

    test('keeps what it was given, not the object', async ({ store }) => {
      const models = ['gpt-4o'];
      const given = { ...record({ models }) };
      await store.put(given);
      models.push('*');
      given.tenant = 'globex';
      expect(await store.find(given.hash)).toEqual(record({ models: ['gpt-4o'] }));
    });
  });
}
