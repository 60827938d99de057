import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createLocalCache } from '../../adapters/memory/local-cache.ts';
import { within } from '../../tests/support/wait.ts';
import type { Entry } from '../domain/cache-entry.ts';
import { encodeEntry } from './entry.ts';
import { createTiers, type EntryStore } from './tiers.ts';
import { AT_ONCE } from './write-queue.ts';

const LIFE = { l1Ms: 300_000, l2Ms: 3_600_000 };
const stale = { staleWhileRevalidateMs: 0, staleIfErrorMs: 60_000 };

const broken: EntryStore = {
  get: () => Promise.reject(new Error('down')),
  set: () => Promise.reject(new Error('down')),
  delete: () => Promise.reject(new Error('down')),
};

interface Options {
  readonly l2?: EntryStore | null;
}

function setup(options: Options = {}) {
  const clock = createFakeClock();
  const l1 = createLocalCache({ clock });
  const l2 = createMemoryCacheStore({ clock });
  const seen: string[] = [];
  const made = createTiers({
    l1,
    l2,
    ...options,
    clock,
    l1Ms: LIFE.l1Ms,
    onWrite: (tier) => void seen.push(`${tier} written`),
    onError: (operation) => void seen.push(`l2 ${operation} failed`),
    queue: { maxWrites: 1, onDropped: () => void seen.push('dropped') },
  });
  const tiers = {
    ...made,
    lookup: async (tenant: string, key: string, onFault?: () => void) =>
      made.lookNear(tenant, key) ?? made.lookFar(tenant, key, stale, onFault),
  };
  const entry: Entry = {
    storedAt: clock.now(),
    ttlMs: 3_600_000,
    tookMs: 10,
    dialect: 'openai-chat',
    kind: 'json',
    contentType: 'application/json',
    provider: 'p',
    model: 'm',
    usage: null,
    cost: null,
    tags: [],
    dropped: 'user',
    chunks: [],
    body: '{}',
  };
  return { clock, l1, l2, seen, tiers, entry };
}

describe('two tiers', () => {
  it('find nothing where there is nothing', async () => {
    const { tiers, seen } = setup();
    expect(await tiers.lookup('t', 'k')).toBeNull();
    expect(seen).toEqual([]);
  });

  it('find what was stored, in the nearer one', async () => {
    const { tiers, seen, entry } = setup();
    await tiers.store('t', 'k', entry, LIFE);
    expect(await tiers.lookup('t', 'k')).toEqual({ tier: 'l1', entry });
    expect(await tiers.lookup('u', 'k')).toBeNull();
    expect(seen.toSorted()).toEqual(['l1 written', 'l2 written']);
  });

  it('bring nearer what another process stored', async () => {
    const { tiers, l2, clock, entry } = setup();
    await l2.set('t', 'k', encodeEntry(entry), 1_000_000);
    expect(await tiers.lookup('t', 'k')).toEqual({ tier: 'l2', entry });
    expect(await tiers.lookup('t', 'k')).toEqual({ tier: 'l1', entry });
    await clock.advance(LIFE.l1Ms);
    expect(await tiers.lookup('t', 'k')).toMatchObject({ tier: 'l2' });
  });

  it('do not make it live longer by that', async () => {
    const { tiers, l1, l2, clock, entry } = setup();
    await l2.set('t', 'k', encodeEntry({ ...entry, ttlMs: 100_000 }), 1_000_000);
    await clock.advance(150_000);
    await tiers.lookup('t', 'k');
    expect(l1.get('t', 'k')).not.toBeNull();
    await clock.advance(10_000);
    expect(l1.get('t', 'k')).toBeNull();
  });

  it('take nonsense in the shared one for nothing', async () => {
    const { tiers, l2 } = setup();
    await l2.set('t', 'n', Uint8Array.of(1, 2, 3), 1_000_000);
    expect(await tiers.lookup('t', 'n')).toBeNull();
  });

  it('forget what is removed', async () => {
    const { tiers, entry } = setup();
    await tiers.store('t', 'k', entry, LIFE);
    await tiers.remove('t', 'k');
    expect(await tiers.lookup('t', 'k')).toBeNull();
  });

  it('keep nothing for no time', async () => {
    const { tiers, seen, entry } = setup();
    await tiers.store('t', 'k', entry, { l1Ms: 0, l2Ms: 0 });
    expect([await tiers.lookup('t', 'k'), seen]).toEqual([null, []]);
  });
});

describe('a tier that fails', () => {
  it('is as if it were empty, when it is the shared one', async () => {
    const { tiers, seen, entry } = setup({ l2: broken });
    expect(await tiers.lookup('t', 'k')).toBeNull();
    await tiers.store('t', 'k', entry, LIFE);
    expect(await tiers.lookup('t', 'k')).toEqual({ tier: 'l1', entry });
    await tiers.remove('t', 'k');
    expect(seen.toSorted()).toEqual(['l1 written', 'l2 delete failed', 'l2 get failed', 'l2 set failed']);
  });

  it('is not needed when it is the shared one', async () => {
    const { tiers, seen, entry } = setup({ l2: null });
    expect(await tiers.lookup('t', 'k')).toBeNull();
    await tiers.store('t', 'k', entry, LIFE);
    expect(await tiers.lookup('t', 'k')).toEqual({ tier: 'l1', entry });
    await tiers.remove('t', 'k');
    expect(seen).toEqual(['l1 written']);
  });

  it('does not gather writes without bound when it hangs', async () => {
    const hanging = { ...broken, set: () => new Promise<void>(() => {}) };
    const { tiers, seen, entry } = setup({ l2: hanging });
    for (let i = 0; i < AT_ONCE; i++) void tiers.store('t', `hangs${i}`, entry, LIFE);
    const dropped = tiers.store('t', 'old', entry, LIFE);
    void tiers.store('t', 'new', entry, LIFE);
    await within('the older write is given up', Promise.resolve(dropped));
    expect(seen.filter((event) => event === 'dropped')).toHaveLength(1);
    expect(await tiers.lookup('t', 'old')).toMatchObject({ tier: 'l1' });
  });
});
