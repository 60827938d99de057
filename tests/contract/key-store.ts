import { expect } from 'vitest';
import type { KeyRecord, KeyStore } from '../../src/ports/key-store.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeKeyStore extends Made {
  readonly store: KeyStore;
}

const record = (fields: Partial<KeyRecord> = {}): KeyRecord => ({
  hash: 'a'.repeat(64),
  id: 'key-1',
  name: 'ci',
  tenant: 'acme',
  models: null,
  limits: { rpm: null, tpm: null, concurrency: null },
  budgets: [],
  tags: [],
  cache: null,
  expiresAt: null,
  ...fields,
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
  contract(`KeyStore: ${name}`, make, gaps, ({ test, exact }) => {
    test('finds nothing at first, whatever the hash', async ({ store }) => {
      for (const hash of ['', 'a'.repeat(64), '__proto__', '*']) expect(await store.find(hash)).toBeNull();
      expect(await store.list('acme')).toEqual([]);
    });

    test('gives back every field, the nulls too', async ({ store }) => {
      const bare = record();
      const full = record({
        hash: 'f'.repeat(64),
        models: ['gpt-4o*', 'r\u00f4le'],
        limits: { rpm: 60, tpm: 1_000, concurrency: 3 },
        budgets: [{ usd: 5_000_000_000, period: 'week', softPercent: 80 }],
        tags: ['team=search'],
        expiresAt: 1.9e12,
      });
      await store.put(bare);
      await store.put(full);
      expect(await store.find(bare.hash)).toEqual(bare);
      expect(await store.find(full.hash)).toEqual(full);
    });

    test('keeps "no models" apart from "all models" and 0 apart from none', async ({ store }) => {
      const locked = record({ models: [], limits: { rpm: 0, tpm: null, concurrency: 0 }, expiresAt: 0 });
      await store.put(locked);
      expect(await store.find(locked.hash)).toEqual(locked);
    });

    test('passes names with quotes, separators and emoji through unchanged', async ({ store }) => {
      const odd = record({ name: '"\\\n:{}*\u{1f511}', id: 'a:b', models: ['a,b', 'c"d', ''] });
      await store.put(odd);
      expect(await store.find(odd.hash)).toEqual(odd);
    });

    test('replaces the record of a hash', async ({ store }) => {
      await store.put(record({ name: 'old', tags: ['a=b'], models: ['m'] }));
      await store.put(record({ name: 'new' }));
      expect(await store.find(record().hash)).toEqual(record({ name: 'new' }));
      expect(await store.list('acme')).toEqual([record({ name: 'new' })]);
    });

    test('moves a key to another tenant whole', async ({ store }) => {
      await store.put(record());
      await store.put(record({ tenant: 'globex' }));
      expect(await store.list('acme')).toEqual([]);
      expect(await store.list('globex')).toEqual([record({ tenant: 'globex' })]);
    });

    test('deletes, once or twice, from both find and list', async ({ store }) => {
      await store.put(record());
      await store.put(record({ hash: 'b'.repeat(64) }));
      await store.delete(record().hash);
      await store.delete(record().hash);
      expect(await store.find(record().hash)).toBeNull();
      expect(await store.list('acme')).toEqual([record({ hash: 'b'.repeat(64) })]);
    });

    test('finds by the exact hash only', async ({ store }) => {
      await store.put(record());
      for (const hash of ['A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), 'a*']) {
        expect(await store.find(hash)).toBeNull();
      }
    });

    test('lists the keys of one tenant only', async ({ store }) => {
      for (const [i, tenant] of TENANTS.entries()) await store.put(record({ tenant, hash: `hash-${i}` }));
      for (const [i, tenant] of TENANTS.entries()) {
        expect(await store.list(tenant), JSON.stringify(tenant)).toEqual([
          record({ tenant, hash: `hash-${i}` }),
        ]);
      }
    });

    test('lists all of 300 keys', async ({ store }) => {
      const hashes = Array.from({ length: 300 }, (_, i) => `hash-${i}`);
      await Promise.all(hashes.map((hash) => store.put(record({ hash }))));
      const listed = (await store.list('acme')).map(({ hash }) => hash);
      expect(listed.sort()).toEqual([...hashes].sort());
    });

    test('keeps what it was given, not the object', async ({ store }) => {
      const models = ['gpt-4o'];
      const given = { ...record({ models }) };
      await store.put(given);
      models.push('*');
      given.tenant = 'globex';
      expect(await store.find(given.hash)).toEqual(record({ models: ['gpt-4o'] }));
    });

    exact('still finds a key after its end: refusing it, and saying why, is for the caller', async (made) => {
      const lapsed = record({ expiresAt: 1 });
      await made.store.put(lapsed);
      await made.advance(1_000);
      expect(await made.store.find(lapsed.hash)).toEqual(lapsed);
    });
  });
}
