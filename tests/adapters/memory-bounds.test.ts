import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_ROWS } from '../../adapters/ledger-sums.ts';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { ExpiringMap } from '../../adapters/memory/expiring-map.ts';
import { createMemoryHealthStore } from '../../adapters/memory/health-store.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createMemoryOwnerStore } from '../../adapters/memory/owner-store.ts';
import { createRecentSet } from '../../adapters/memory/recent-set.ts';
import { ScopedKeys, scopedKey } from '../../adapters/memory/scoped-key.ts';
import { createMemoryTelemetry } from '../../adapters/memory/telemetry.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { span } from '../contract/telemetry.ts';
import { usedMemory } from '../support/used-memory.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('ExpiringMap', () => {
  it('refuses bounds that leave no room', () => {
    const clock = createFakeClock();
    for (const maxEntries of [0, -1, Number.NaN]) {
      expect(() => new ExpiringMap({ clock, maxEntries })).toThrow(`not ${maxEntries}`);
    }
  });

  it('lets what expired go before what is in use, however lately it was touched', async () => {
    const clock = createFakeClock();
    const map = new ExpiringMap<number>({ clock, maxEntries: 2 });
    map.set('lives', 1, clock.now() + HOUR_MS);
    map.set('ends', 2, clock.now() + 1_000);
    await clock.advance(1_000);
    map.set('new', 3, clock.now() + HOUR_MS);
    expect([map.get('lives'), map.get('ends'), map.get('new')]).toEqual([1, undefined, 3]);
  });

  it('forgets what expired and what is set to have expired', async () => {
    const clock = createFakeClock();
    const map = new ExpiringMap<number>({ clock, maxEntries: 10 });
    map.set('a', 1, clock.now() + 1_000);
    map.set('b', 2, clock.now() + 2_000);
    map.set('b', 3, clock.now());
    expect([map.get('a'), map.get('b')]).toEqual([1, undefined]);
    await clock.advance(1_000);
    expect([map.get('a'), map.values()]).toEqual([undefined, []]);
  });

  it('keeps the bound and goes on when the clock is set back', () => {
    let now = 1e12;
    const clock = { ...createFakeClock(), now: () => now };
    const map = new ExpiringMap<number>({ clock, maxEntries: 2 });
    for (let i = 0; i < 100; i += 1) {
      map.set(`k${i}`, i, now + 10);
      now -= 10_000;
    }
    expect(map.values()).toHaveLength(2);
    expect(map.get('k99')).toBe(99);
  });
});

describe('a recent set', () => {
  it('keeps names alone, not the parts that they were made of', async () => {
    const set = createRecentSet(100_000);
    const before = await usedMemory();
    for (let i = 0; i < 10_000; i += 1) set.add(`6:tenant${randomUUID()}-1`);
    expect(((await usedMemory()) - before) / 10_000).toBeLessThan(150);
    expect(set.has('6:tenant')).toBe(false);
  });
});

describe('bounds of the cache store', () => {
  it('never holds more bytes than allowed, keys counted', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxBytes: 100_000 });
    for (let i = 0; i < 500; i += 1) {
      await store.set('t', `key ${i}`, new Uint8Array(i * 10), HOUR_MS);
      expect(store.size().bytes).toBeLessThanOrEqual(100_000);
    }
    for (let i = 0; i < 500; i += 1) await store.set('t', 'k'.repeat(i * 10), new Uint8Array(0), HOUR_MS);
    expect(store.size().bytes).toBeLessThanOrEqual(100_000);
  });

  it('does not empty itself for a value that can never fit, nor keep the old one', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxBytes: 10_000 });
    await store.set('t', 'small', Uint8Array.of(1), HOUR_MS);
    await store.set('t', 'large', Uint8Array.of(1), HOUR_MS);
    await store.set('t', 'large', new Uint8Array(10_001), HOUR_MS);
    expect(await store.get('t', 'small')).toEqual(Uint8Array.of(1));
    expect(await store.get('t', 'large')).toBeNull();
  });

  it('evicts what was read longest ago', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock(), maxEntries: 2 });
    await store.set('t', 'a', Uint8Array.of(1), HOUR_MS);
    await store.set('t', 'b', Uint8Array.of(2), HOUR_MS);
    await store.get('t', 'a');
    await store.set('t', 'c', Uint8Array.of(3), HOUR_MS);
    expect(await store.get('t', 'b')).toBeNull();
    expect(await store.get('t', 'a')).toEqual(Uint8Array.of(1));
    expect(store.size().entries).toBe(2);
  });

  it('survives a reader that transfers what it got', async () => {
    const store = createMemoryCacheStore({ clock: createFakeClock() });
    await store.set('t', 'k', Uint8Array.of(1, 2), HOUR_MS);
    const read = await store.get('t', 'k');
    structuredClone(read, { transfer: [read?.buffer as ArrayBuffer] });
    expect(await store.get('t', 'k')).toEqual(Uint8Array.of(1, 2));
  });
});

describe('ScopedKeys', () => {
  it('knows so many keys only, and each is right whether it was known or not', () => {
    const keys = new ScopedKeys(2);
    for (let round = 0; round < 3; round += 1)
      for (const tenant of ['a', 'ab'])
        for (const key of ['b', 'bb']) expect(keys.of(tenant, key)).toBe(scopedKey(tenant, key));
    expect(keys.size).toBe(2);
  });
});

describe('bounds of the other stores', () => {
  it('forgets the binding unused for longest', async () => {
    const store = createMemoryOwnerStore({ clock: createFakeClock(), maxBindings: 2 });
    for (const id of ['a', 'b', 'c']) await store.bind('t', id, { provider: id }, HOUR_MS);
    expect(await store.find('t', 'a')).toBeNull();
    expect(await store.find('t', 'c')).toEqual({ provider: 'c' });
  });

  it('keeps so many marks only', async () => {
    const clock = createFakeClock();
    const store = createMemoryHealthStore({ clock, maxMarks: 3 });
    for (let i = 0; i < 10; i += 1)
      await store.mark({ subject: `t${i}`, state: 'open', until: clock.now() + 1 });
    expect((await store.marks()).map(({ subject }) => subject)).toEqual(['t7', 't8', 't9']);
  });

  it('makes room for new subjects from those that are whole again, not from those that are spent', async () => {
    const clock = createFakeClock();
    const store = createMemoryLimitStore({ clock, maxSubjects: 2 });
    const daily = { tenant: 't', subject: 'daily', limit: 1, periodMs: DAY_MS };
    await store.take(daily, 1);
    for (let i = 0; i < 50; i += 1) {
      await store.take({ tenant: 't', subject: `s${i}`, limit: 1, periodMs: 1_000 }, 1);
      await clock.advance(1_000);
    }
    expect((await store.take(daily, 1)).allowed).toBe(false);
  });

  it('takes nothing off and adds nothing when the clock is set back', async () => {
    let now = 1e12;
    const store = createMemoryLimitStore({ clock: { ...createFakeClock(), now: () => now } });
    const rule = { tenant: 't', subject: 's', limit: 1, periodMs: 60_000 };
    await store.take(rule, 1);
    now -= DAY_MS;
    expect(await store.take(rule, 1)).toMatchObject({ allowed: false, retryAfterMs: 60_000 });
  });

  it('drops the oldest lines, spans and nothing else', () => {
    const logger = createMemoryLogger({ maxLines: 2 });
    for (const message of ['a', 'b', 'c']) logger.log('info', message);
    expect(logger.lines.map(({ message }) => message)).toEqual(['b', 'c']);
    const telemetry = createMemoryTelemetry({ maxSpans: 2 });
    for (const name of ['a', 'b', 'c']) telemetry.record([span({ name })]);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('counts what overflows once, also where the label set `other` was in use', () => {
    const metrics = createMemoryMetrics({ maxSeries: 2 });
    const instrument = { name: 'n', help: 'h', kind: 'counter', labels: ['model'] } as const;
    for (const model of ['other', 'a', 'b', 'c', 'a']) metrics.add(instrument, 1, [model]);
    const series = metrics.snapshot()[0]?.series.map(({ labels, value }) => [labels[0], value]);
    expect(series).toEqual([
      ['other', 3],
      ['a', 2],
    ]);
  });
});

describe('bounds of the ledger', () => {
  const TODAY = Date.UTC(2026, 4, 20);
  const entry = (fields: Partial<LedgerEntry>): LedgerEntry => ({
    id: 'a',
    requestId: 'r',
    tenant: 't',
    keyId: 'k',
    provider: 'p',
    model: 'm',
    tags: [],
    at: TODAY,
    isAttempt: true,
    usage: null,
    cost: 1,
    saved: 0,
    ...fields,
  });

  const totals = async (ledger: Ledger, tenant: string, from: number, to: number) => {
    const rows = await ledger.rows(tenant, from / DAY_MS, to / DAY_MS);
    const sum = (name: 'attempts' | 'unpriced' | 'cost') => rows.reduce((all, row) => all + row[name], 0);
    return { attempts: sum('attempts'), unpriced: sum('unpriced'), cost: sum('cost') };
  };

  it('keeps the sums of whole days exact for attempts that it no longer remembers', async () => {
    const ledger = createMemoryLedger({ minEntries: 10 });
    for (let i = 0; i < 1_000; i += 1) {
      ledger.enter(entry({ id: `a${i}`, at: TODAY + i * 1_000, cost: i % 2 === 0 ? 3 : null }), false);
    }
    const total = { attempts: 1_000, unpriced: 500, cost: 1_500 };
    expect(await totals(ledger, 't', TODAY, TODAY + DAY_MS)).toEqual(total);
    expect(await totals(ledger, 't', 0, Number.POSITIVE_INFINITY)).toEqual(total);
  });

  it('keeps the latest days of a tenant', async () => {
    const ledger = createMemoryLedger({ maxDays: 3 });
    for (const day of [4, 1, 3, 2, 5]) {
      ledger.enter(entry({ id: `d${day}`, at: TODAY + day * DAY_MS }), false);
    }
    expect((await totals(ledger, 't', TODAY + 3 * DAY_MS, TODAY + 6 * DAY_MS)).attempts).toBe(3);
    expect((await totals(ledger, 't', TODAY, TODAY + 3 * DAY_MS)).attempts).toBe(0);
  });

  it('remembers the last attempts, and only so many', async () => {
    const ledger = createMemoryLedger({ minEntries: 10 });
    for (let i = 0; i < 100; i += 1) ledger.enter(entry({ id: `a${i}` }), false);
    for (let i = 90; i < 100; i += 1) ledger.enter(entry({ id: `a${i}` }), false);
    expect((await totals(ledger, 't', TODAY, TODAY + DAY_MS)).attempts).toBe(100);
    ledger.enter(entry({ id: 'a0' }), false);
    expect((await totals(ledger, 't', TODAY, TODAY + DAY_MS)).attempts).toBe(101);
  });

  it('forgets the tenant that came first', async () => {
    const ledger = createMemoryLedger({ maxTenants: 2 });
    for (const [i, tenant] of ['a', 'b', 'a', 'c'].entries()) {
      ledger.enter(entry({ tenant, id: `x${i}` }), false);
    }
    const attempts = async (tenant: string) => (await totals(ledger, tenant, TODAY, TODAY + 1)).attempts;
    expect([await attempts('a'), await attempts('b'), await attempts('c')]).toEqual([0, 1, 1]);
  });

  it('gathers what clients name in one row when there are too many', async () => {
    const ledger = createMemoryLedger();
    for (let i = 0; i < MAX_ROWS + 10; i += 1)
      ledger.enter(entry({ id: `a${i}`, model: `m${i}`, tags: [`run=${i}`] }), false);
    const rows = await ledger.rows('t', TODAY / DAY_MS, TODAY / DAY_MS + 1);
    expect(rows).toHaveLength(MAX_ROWS + 1);
    expect(rows.find(({ model }) => model === 'other')).toMatchObject({ attempts: 10, cost: 10, tags: [] });
  });
});
