import { describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../domain/limits.ts';
import type { StaticKey } from './config.ts';
import type { Findings } from './faults.ts';
import { readKeys } from './keys.ts';
import type { KeyEntry } from './structures.ts';

const LONG = 'lek-0123456789abcdef';
const HASH = 'a1'.repeat(32);

function read(list: string | null, entries: KeyEntry[] = []): Findings & { keys: StaticKey[] } {
  const findings: Findings = { faults: [], warnings: [] };
  return { keys: readKeys(entries, list, findings), ...findings };
}

const BARE = { models: null, limits: NO_LIMITS, budgets: [], tags: [], cache: null, expiresAt: null };

describe('GATEWAY_API_KEYS', () => {
  it.each([
    [LONG, { name: 'key-1', tenant: 'default', plain: LONG, hash: null }],
    [`search:${LONG}`, { name: 'search', tenant: 'search', plain: LONG, hash: null }],
    [
      `search:with:colons:${LONG}`,
      { name: 'search', tenant: 'search', plain: `with:colons:${LONG}`, hash: null },
    ],
    [`sha256:${HASH}`, { name: 'key-1', tenant: 'default', plain: null, hash: HASH }],
    [`SHA256:${HASH.toUpperCase()}`, { name: 'key-1', tenant: 'default', plain: null, hash: HASH }],
    [`search:sha256:${HASH}`, { name: 'search', tenant: 'search', plain: null, hash: HASH }],
    [` search:${LONG} , `, { name: 'search', tenant: 'search', plain: LONG, hash: null }],
  ])('%s', (list, key) => {
    const { keys, faults, warnings } = read(list);
    expect(keys).toEqual([{ ...BARE, ...key, id: `static-${key.name}` }]);
    expect([faults, warnings]).toEqual([[], []]);
  });

  it('numbers keys without a name by their place', () => {
    expect(read(`${LONG}1,b:${LONG}2,${LONG}3`).keys.map(({ name }) => name)).toEqual([
      'key-1',
      'b',
      'key-3',
    ]);
  });

  it.each([
    ['no key at all', ' , ,', 'GATEWAY_API_KEYS', /holds no key/],
    ['a half hash', 'a:sha256:1234', 'GATEWAY_API_KEYS[0]', /64 hex digits/],
    ['a bad name', `a:${LONG},se arch:${LONG}2`, 'GATEWAY_API_KEYS[1]', /start with a name/],
    ['an empty name', `:${LONG}`, 'GATEWAY_API_KEYS[0]', /start with a name/],
    ['an empty key', 'a:', 'GATEWAY_API_KEYS[0]', /visible ASCII/],
    ['spaces in a key', 'a:two words', 'GATEWAY_API_KEYS[0]', /visible ASCII/],
    ['a key that no request could carry', `a:${'x'.repeat(513)}`, 'GATEWAY_API_KEYS[0]', /512/],
    ['the same key twice', `a:${LONG},b:${LONG}`, 'GATEWAY_API_KEYS[1]', /same key as GATEWAY_API_KEYS\[0\]/],
    [
      'the same name twice',
      `a:${LONG}1,a:${LONG}2`,
      'GATEWAY_API_KEYS[1]',
      /same name as GATEWAY_API_KEYS\[0\]/,
    ],
    [
      'the same hash in another case',
      `sha256:${HASH},b:sha256:${HASH.toUpperCase()}`,
      'GATEWAY_API_KEYS[1]',
      /same key/,
    ],
  ])('refuses %s', (_, list, path, message) => {
    const { faults } = read(list);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.path).toBe(path);
    expect(faults[0]?.message).toMatch(message);
    expect(JSON.stringify(faults)).not.toContain(LONG);
  });

  it('warns of a key that can be guessed, without showing it', () => {
    const { warnings, keys } = read('a:hunter2');
    expect(keys).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('GATEWAY_API_KEYS[0]: the key is shorter than 16')]);
    expect(warnings.join()).not.toContain('hunter2');
  });
});

describe('keys of the file', () => {
  it('take their name as tenant, unless another is given', () => {
    const { keys } = read(null, [
      { name: 'a', key: LONG },
      {
        name: 'b',
        key: `sha256:${HASH}`,
        tenant: 'team',
        models: ['gpt-4o*'],
        rpm: 5,
        concurrency: 2,
        budgets: [{ usd: 1e9, period: 'day' }],
        tags: ['team=a'],
        cache_mode: 'off',
        expires_at: 99,
      },
    ]);
    expect(keys).toEqual([
      { ...BARE, name: 'a', id: 'static-a', tenant: 'a', plain: LONG, hash: null },
      {
        name: 'b',
        id: 'static-b',
        tenant: 'team',
        plain: null,
        hash: HASH,
        models: ['gpt-4o*'],
        limits: { rpm: 5, tpm: null, concurrency: 2 },
        budgets: [{ usd: 1e9, period: 'day', softPercent: null }],
        tags: ['team=a'],
        cache: { mode: 'off' },
        expiresAt: 99,
      },
    ]);
  });

  it('add to those of the environment, and clash with them', () => {
    expect(read(`b:${LONG}2`, [{ name: 'a', key: `${LONG}1` }]).keys.map(({ name }) => name)).toEqual([
      'a',
      'b',
    ]);
    expect(read(`b:${LONG}`, [{ name: 'a', key: LONG }]).faults).toEqual([
      { path: 'GATEWAY_API_KEYS[0]', message: 'has the same key as keys[0]; each key needs its own' },
    ]);
  });
});
