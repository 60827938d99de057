import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createPurge, type Purge, type PurgeScope } from './purge.ts';

type Entry = Parameters<Purge['isPurged']>[2];

const DAY_MS = 86_400_000;

function setup({ maxScopes = 100 } = {}) {
  const clock = createFakeClock();
  const memory = createMemoryCacheStore({ clock });
  const seen = { reads: 0, errors: 0, isDown: false };
  const store = {
    get(tenant: string, key: string) {
      seen.reads++;
      return seen.isDown ? Promise.reject(new Error('down')) : memory.get(tenant, key);
    },
    set(tenant: string, key: string, value: Uint8Array, ttlMs: number) {
      return seen.isDown ? Promise.reject(new Error('down')) : memory.set(tenant, key, value, ttlMs);
    },
  };
  const make = () => {
    const purge = createPurge({
      store,
      clock,
      entryLifeMs: DAY_MS,
      maxScopes,
      onError: () => void seen.errors++,
    });
    return {
      ...purge,
      isPurged: async (tenant: string, namespace: string | null, entry: Entry, key = 'k') =>
        purge.isPurged(tenant, { key, namespace }, entry),
    };
  };
  const entry = () => ({ storedAt: clock.now(), model: 'm', tags: ['a', 'b'] });
  return { clock, memory, seen, make, entry };
}

const SCOPES: readonly PurgeScope[] = [
  { kind: 'tenant' },
  { kind: 'model', name: 'm' },
  { kind: 'tag', name: 'b' },
  { kind: 'namespace', name: 'n' },
  { kind: 'entry', name: 'k' },
];

describe('a purge', () => {
  it.each(SCOPES)('of %j reaches what was stored before, and not what comes after', async (scope) => {
    const { clock, make, entry } = setup();
    const purge = make();
    const before = entry();
    await clock.advance(10);
    expect(await purge.isPurged('t', 'n', before)).toBe(false);
    await purge.purge('t', scope);
    await clock.advance(10);
    expect(await purge.isPurged('t', 'n', before)).toBe(true);
    expect(await purge.isPurged('t', 'n', entry())).toBe(false);
  });

  it.each([
    ['u', 'n', { kind: 'tenant' }],
    ['t', 'n', { kind: 'model', name: 'other' }],
    ['t', 'n', { kind: 'tag', name: 'm' }],
    ['t', 'n', { kind: 'model', name: 'a' }],
    ['t', null, { kind: 'namespace', name: 'n' }],
    ['t', 'm', { kind: 'namespace', name: 'n' }],
    ['u', null, { kind: 'entry', name: 'k' }],
    ['t', null, { kind: 'entry', name: 'other' }],
  ] as const)(
    'by %s, of the namespace %s, leaves alone what is not meant: %j',
    async (tenant, namespace, scope) => {
      const { make, entry } = setup();
      const purge = make();
      await purge.purge(tenant === 'u' ? 'u' : 't', scope);
      expect(await purge.isPurged('t', namespace, entry())).toBe(false);
    },
  );

  it.each(SCOPES)('of %j is heard of in other processes within two seconds', async (scope) => {
    const { clock, make, entry } = setup();
    const [here, there] = [make(), make()];
    const old = entry();
    expect(await there.isPurged('t', 'n', old)).toBe(false);
    await here.purge('t', scope);
    await clock.advance(2_000);
    expect(await there.isPurged('t', 'n', old)).toBe(true);
  });

  it('is remembered for as long as an entry may live', async () => {
    const { clock, make, entry } = setup();
    const old = entry();
    await make().purge('t', { kind: 'tenant' });
    await clock.advance(DAY_MS - 1);
    expect(await make().isPurged('t', null, old)).toBe(true);
  });

  it('that cannot be noted says so', async () => {
    const { seen, make } = setup();
    seen.isDown = true;
    await expect(make().purge('t', { kind: 'tenant' })).rejects.toThrow('down');
  });
});

describe('asking what is purged', () => {
  it('reads each scope once in two seconds, however many ask', async () => {
    const { clock, seen, make, entry } = setup();
    const purge = make();
    const ask = () => purge.isPurged('t', 'n', entry());
    await Promise.all(Array.from({ length: 100 }, ask));
    await ask();
    expect(seen.reads).toBe(6);
    await clock.advance(2_000);
    await ask();
    expect(seen.reads).toBe(12);
  });

  it('answers at once where it was asked a moment ago', async () => {
    const { clock, entry } = setup();
    const purge = createPurge({
      store: createMemoryCacheStore({ clock }),
      clock,
      entryLifeMs: DAY_MS,
      onError: () => {},
    });
    const place = { key: 'k', namespace: 'n' };
    expect(await purge.isPurged('t', place, entry())).toBe(false);
    expect(purge.isPurged('t', place, entry())).toBe(false);
  });

  it('looks for the purge of an entry only where one is as old as that', async () => {
    const { clock, seen, make, entry } = setup();
    const [here, there] = [make(), make()];
    const old = entry();
    await here.purge('t', { kind: 'entry', name: 'k' });
    await clock.advance(10);
    const ask = async (stored: Entry, key: string) => {
      const { reads } = seen;
      return [await there.isPurged('t', null, { ...stored, tags: [] }, key), seen.reads - reads];
    };
    expect(await ask(entry(), 'k')).toEqual([false, 3]);
    expect(await ask(entry(), 'k')).toEqual([false, 0]);
    expect(await ask(old, 'other')).toEqual([false, 1]);
    expect(await ask(old, 'k')).toEqual([true, 1]);
  });

  it('goes by what was known when the store fails, and tries again only then', async () => {
    const { clock, seen, make, entry } = setup();
    const purge = make();
    const old = entry();
    await purge.purge('t', { kind: 'tenant' });
    seen.isDown = true;
    await clock.advance(2_000);
    expect(await purge.isPurged('t', null, old)).toBe(true);
    expect(await purge.isPurged('u', null, old)).toBe(false);
    const { errors } = seen;
    expect(await purge.isPurged('u', null, old)).toBe(false);
    expect([errors > 0, seen.errors]).toEqual([true, errors]);
  });

  it('does not forget a purge that the store lost', async () => {
    const { clock, memory, make, entry } = setup();
    const purge = make();
    const old = entry();
    await purge.purge('t', { kind: 'tenant' });
    await memory.delete('t', 'purged');
    await clock.advance(5_000);
    expect(await purge.isPurged('t', null, old)).toBe(true);
  });

  it('is not harmed by nonsense in the store', async () => {
    const { memory, make, entry } = setup();
    for (const text of ['', 'NaN', '-', 'Infinity', '{}']) {
      await memory.set('t', 'purged', new TextEncoder().encode(text), DAY_MS);
      expect(await make().isPurged('t', null, entry())).toBe(false);
    }
  });

  it('keeps a bounded number of scopes in mind', async () => {
    const { seen, make, entry } = setup({ maxScopes: 4 });
    const purge = make();
    const ask = (model: string) => purge.isPurged('t', null, { ...entry(), model, tags: [] });
    for (const model of ['a', 'b', 'c', 'c']) await ask(model);
    const { reads } = seen;
    await ask('c');
    expect(seen.reads).toBe(reads);
    await ask('a');
    expect(seen.reads).toBeGreaterThan(reads);
  });
});
