import { expect } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { periodOf } from '../../src/domain/period.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, SHORT_MS, show } from './contract.ts';

export interface MadeClaims extends Made {
  readonly store: LimitStore;
}

const LONG_MS = 3_600_000;
/** Where the clock of an exact driver starts. */
const START = Date.UTC(2026, 0, 1);
const span = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

const claim = (fields: Partial<Claim> = {}): Claim => ({
  tenant: 't',
  id: 'call-1',
  rates: [],
  slots: [],
  budgets: [],
  hold: 0,
  leaseMs: LONG_MS,
  entries: [],
  ...fields,
});

const entry = (fields: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id: 'attempt-1',
  requestId: 'call-1',
  tenant: 't',
  keyId: 'k',
  provider: 'openai',
  model: 'gpt-4o',
  tags: [],
  at: Date.UTC(2026, 4, 20),
  isAttempt: true,
  usage: null,
  cost: 10,
  saved: 0,
  ...fields,
});

const budget = { subject: 'key:k', period: 'total', usd: 100 } as const;
const rpm = { subject: 'rpm:k', limit: 10, periodMs: DAY_MS, cost: 1 } as const;
const settle = (store: LimitStore, one: Claim, fields: Partial<Parameters<LimitStore['settle']>[0]> = {}) =>
  store.settle({
    claim: one,
    taken: one.rates.map(({ cost }) => cost),
    entries: [],
    orphan: false,
    ...fields,
  });

/** What is spent and reserved, by a claim that holds nothing and is ended at once. */
async function levelOf(store: LimitStore, budgets: Claim['budgets'] = [budget], tenant = 't') {
  const look = claim({ tenant, id: 'look', budgets: budgets.map((one) => ({ ...one, usd: 2 ** 50 })) });
  const { budgets: levels } = await store.claim(look);
  await settle(store, look);
  return levels[0];
}

/** Holds a driver to what `src/ports/limit-store.ts` says of claims. */
export function claimsContract(name: string, make: () => Promise<MadeClaims>, gaps: Gaps = {}): void {
  contract(`LimitStore, claims: ${name}`, make, gaps, ({ test, timed, exact }) => {
    test('grants a claim of nothing', async ({ store }) => {
      expect(await store.claim(claim())).toEqual({ refusal: null, rates: [], budgets: [], overdue: false });
    });

    test('takes from all rates or from none', async ({ store }) => {
      const rates = [rpm, { subject: 'tpm:k', limit: 1_000, periodMs: DAY_MS, cost: 600 }];
      expect((await store.claim(claim({ rates }))).rates.map(({ remaining }) => remaining)).toEqual([9, 400]);
      const refused = await store.claim(claim({ id: 'call-2', rates }));
      expect(refused.refusal).toMatchObject({ kind: 'rate', index: 1 });
      expect(refused.refusal?.retryAfterMs).toBeGreaterThan(DAY_MS / 10);
      expect(
        refused.rates.map(({ remaining }) => remaining),
        'nothing was taken',
      ).toEqual([9, 400]);
    });

    test('tells of the longest wait', async ({ store }) => {
      const rates = [
        { ...rpm, limit: 1 },
        { subject: 'slow', limit: 1, periodMs: 3 * DAY_MS, cost: 1 },
      ];
      await store.claim(claim({ rates }));
      expect((await store.claim(claim({ id: 'call-2', rates }))).refusal).toMatchObject({
        kind: 'rate',
        index: 1,
      });
    });

    test('puts a rate right by what was used in the end', async ({ store }) => {
      const tpm = { subject: 'tpm:k', limit: 1_000, periodMs: DAY_MS, cost: 600 };
      const less = claim({ rates: [tpm] });
      await store.claim(less);
      await settle(store, less, { taken: [100] });
      expect((await store.take({ ...tpm, tenant: 't' }, 0)).remaining).toBe(900);
      const more = claim({ id: 'call-2', rates: [tpm] });
      await store.claim(more);
      await settle(store, more, { taken: [2_000] });
      await settle(store, more, { taken: [2_000] });
      const later = await store.claim(claim({ id: 'call-3', rates: [tpm] }));
      expect(later.refusal?.retryAfterMs, 'the debt is waited for').toBeGreaterThan(DAY_MS * 1.6);
      expect(later.refusal?.retryAfterMs, 'once').toBeLessThan(DAY_MS * 1.8);
    });

    test('grants a claim once, however often it is made', async ({ store }) => {
      const one = claim({ rates: [rpm], slots: [{ subject: 'c', limit: 1 }], budgets: [budget], hold: 60 });
      await store.claim(one);
      const again = await store.claim(one);
      expect(again).toMatchObject({ refusal: null, budgets: [{ spent: 0, reserved: 60 }] });
      expect(again.rates[0]?.remaining).toBe(9);
    });

    test('gives slots to as many as there are, and frees them', async ({ store }) => {
      const slots = [{ subject: 'c:k', limit: 3 }];
      const calls = Array.from({ length: 20 }, (_, i) => claim({ id: `call-${i}`, slots }));
      const decisions = await Promise.all(calls.map((one) => store.claim(one)));
      const granted = calls.filter((_, i) => decisions[i]?.refusal === null);
      expect(granted).toHaveLength(3);
      expect(decisions.find(({ refusal }) => refusal !== null)?.refusal).toMatchObject({
        kind: 'slot',
        index: 0,
      });
      const [first] = granted;
      if (first === undefined) throw new Error('none was granted');
      await settle(store, first);
      await settle(store, first);
      expect((await store.claim(claim({ id: 'next', slots }))).refusal).toBeNull();
      expect((await store.claim(claim({ id: 'one more', slots }))).refusal).not.toBeNull();
    });

    timed('frees the slot of a call that is not heard of any more', async ({ store, advance }) => {
      const slots = [{ subject: 'c:k', limit: 1 }];
      await store.claim(claim({ slots, leaseMs: SHORT_MS }));
      await advance(SHORT_MS);
      expect((await store.claim(claim({ id: 'call-2', slots }))).refusal).toBeNull();
    });

    timed('keeps the slot of a call that is', async ({ store, advance }) => {
      const one = claim({ slots: [{ subject: 'c:k', limit: 1 }], leaseMs: SHORT_MS });
      await store.claim(one);
      await store.note({ ...one, leaseMs: LONG_MS }, false);
      await advance(SHORT_MS);
      expect((await store.claim({ ...one, id: 'call-2' })).refusal).toMatchObject({ kind: 'slot' });
    });

    test('gives the last cent to one of two', async ({ store }) => {
      const calls = ['a', 'b'].map((id) => claim({ id, budgets: [budget], hold: 51 }));
      const decisions = await Promise.all(calls.map((one) => store.claim(one)));
      expect(decisions.map(({ refusal }) => refusal?.kind ?? 'granted').sort()).toEqual([
        'budget',
        'granted',
      ]);
    });

    test('never lets 500 calls reserve more than there is', async ({ store }) => {
      const calls = Array.from({ length: 500 }, (_, i) =>
        claim({ id: `call-${i}`, budgets: [budget], hold: 1 }),
      );
      const decisions = await Promise.all(calls.map((one) => store.claim(one)));
      const granted = calls.filter((_, i) => decisions[i]?.refusal === null);
      expect(granted).toHaveLength(100);
      await Promise.all(
        granted.map((one) => settle(store, one, { entries: [entry({ id: `of ${one.id}`, cost: 1 })] })),
      );
      expect(await levelOf(store)).toEqual({ spent: 100, reserved: 0 });
      expect((await store.claim(claim({ id: 'late', budgets: [budget] }))).refusal).toMatchObject({
        kind: 'budget',
      });
    });

    test('gives back what a call did not spend', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 100 });
      await store.claim(one);
      await settle(store, one, { entries: [entry({ cost: 30 })] });
      expect(await levelOf(store)).toEqual({ spent: 30, reserved: 0 });
      const two = claim({ id: 'call-2', budgets: [budget], hold: 70 });
      expect((await store.claim(two)).refusal).toBeNull();
      await settle(store, two);
      expect(await levelOf(store)).toEqual({ spent: 30, reserved: 0 });
    });

    test('charges an attempt once, however often it is settled', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 50 });
      await store.claim(one);
      await Promise.all(Array.from({ length: 20 }, () => settle(store, one, { entries: [entry()] })));
      await settle(store, claim({ id: 'call-2', budgets: [budget] }), { entries: [entry({ cost: 99 })] });
      expect(await levelOf(store)).toEqual({ spent: 10, reserved: 0 });
    });

    test('charges each attempt of a call, and one whose price is not known not at all', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 50 });
      await store.claim(one);
      const entries = [entry(), entry({ id: 'b', cost: 5 }), entry({ id: 'c', cost: null })];
      await settle(store, one, { entries });
      expect(await levelOf(store)).toEqual({ spent: 15, reserved: 0 });
    });

    test('charges what was never claimed', async ({ store }) => {
      await settle(store, claim({ budgets: [budget], hold: 50 }), { entries: [entry({ cost: 120 })] });
      expect(await levelOf(store)).toEqual({ spent: 120, reserved: 0 });
      expect((await store.claim(claim({ id: 'b', budgets: [budget] }))).refusal).toMatchObject({
        kind: 'budget',
      });
    });

    test('takes a hold from every budget or from none', async ({ store }) => {
      const small = { subject: 'tenant', period: 'day', usd: 40 } as const;
      const budgets = [budget, small];
      expect((await store.claim(claim({ budgets, hold: 50 }))).refusal).toMatchObject({
        kind: 'budget',
        index: 1,
      });
      expect(await levelOf(store)).toEqual({ spent: 0, reserved: 0 });
    });

    test('keeps periods of one subject apart', async ({ store }) => {
      for (const [i, period] of (['day', 'week', 'month', 'total'] as const).entries()) {
        const one = claim({ id: `call-${i}`, budgets: [{ ...budget, period }], hold: 60 });
        expect((await store.claim(one)).refusal).toBeNull();
      }
    });

    test('lets a hold grow while there is room, and further when it must', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 50 });
      await store.claim(one);
      await store.claim(claim({ id: 'other', budgets: [budget], hold: 30 }));
      expect(await store.note({ ...one, hold: 70 }, false)).toBe(true);
      expect(await store.note({ ...one, hold: 71 }, false)).toBe(false);
      expect(await levelOf(store)).toEqual({ spent: 0, reserved: 100 });
      expect(await store.note({ ...one, hold: 90 }, true)).toBe(true);
      expect(await levelOf(store)).toEqual({ spent: 0, reserved: 120 });
      await settle(store, one);
      expect(await levelOf(store)).toEqual({ spent: 0, reserved: 30 });
    });

    test('makes a claim that is noted first', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 20, entries: [entry()] });
      expect(await store.note(one, false)).toBe(true);
      expect(await levelOf(store)).toEqual({ spent: 0, reserved: 20 });
      await settle(store, one, { entries: [entry()] });
      expect(await levelOf(store)).toEqual({ spent: 10, reserved: 0 });
    });

    timed('hands out calls that nobody settled, with what was noted last', async ({ store, advance }) => {
      const dead = claim({
        id: 'dead',
        budgets: [budget],
        slots: [{ subject: 'c', limit: 5 }],
        hold: 50,
        leaseMs: SHORT_MS,
      });
      await store.claim(dead);
      await store.claim(claim({ id: 'alive' }));
      await store.note({ ...dead, hold: 60, entries: [entry()] }, false);
      expect(await store.overdue('t', 10)).toEqual([]);
      await advance(SHORT_MS);
      expect(await store.overdue('t', 10)).toEqual([{ ...dead, hold: 60, entries: [entry()] }]);
      expect(await store.overdue('t', 0)).toEqual([]);
      expect((await store.claim(claim({ id: 'next' }))).overdue).toBe(true);
      expect(await store.overdue('u', 10)).toEqual([]);
      await settle(store, { ...dead, hold: 60 }, { entries: [entry()], orphan: true });
      expect(await store.overdue('t', 10)).toEqual([]);
      expect((await store.claim(claim({ id: 'after' }))).overdue).toBe(false);
      expect(await levelOf(store)).toEqual({ spent: 10, reserved: 0 });
    });

    test('believes a call that was swept and lives more than the sweep', async ({ store }) => {
      const one = claim({ budgets: [budget], hold: 50 });
      await store.claim(one);
      await settle(store, one, { entries: [entry({ cost: 10 })], orphan: true });
      await settle(store, one, { entries: [entry({ cost: 12 })], orphan: true });
      expect(await levelOf(store)).toEqual({ spent: 10, reserved: 0 });
      await settle(store, one, { entries: [entry({ cost: 25 })] });
      expect(await levelOf(store)).toEqual({ spent: 25, reserved: 0 });
      await settle(store, one, { entries: [entry({ cost: 3 })], orphan: true });
      await settle(store, one, { entries: [entry({ cost: 3 })] });
      expect(await levelOf(store)).toEqual({ spent: 25, reserved: 0 });
    });

    exact('begins anew with each period, and keeps what calls hold', async ({ store, advance }) => {
      for (const period of ['day', 'week', 'month'] as const) {
        const own = { subject: period, period, usd: 100 };
        await settle(store, claim({ id: `${period} 1`, budgets: [own] }), {
          entries: [entry({ id: period, cost: 100 })],
        });
        await store.claim(claim({ id: `${period} 2`, budgets: [{ ...own, usd: 1_000 }], hold: 7 }));
        expect(await levelOf(store, [own])).toEqual({ spent: 100, reserved: 7 });
      }
      await advance(31 * DAY_MS);
      for (const period of ['day', 'week', 'month'] as const)
        expect(await levelOf(store, [{ subject: period, period, usd: 100 }])).toEqual({
          spent: 0,
          reserved: 7,
        });
    });

    exact('changes the period at midnight UTC, with the calendar', async ({ store, advance }) => {
      // A new year and a common February, the end of the year, and a leap day.
      const days = [...span(0, 63), ...span(360, 10), ...span(786, 8)];
      let before = -1;
      for (const day of days) {
        await advance((day - Math.max(0, before)) * DAY_MS);
        for (const period of ['day', 'week', 'month'] as const) {
          const [was, is] = [before, day].map((at) => periodOf(period, START + at * DAY_MS));
          const own = { subject: period, period, usd: 2 ** 50 };
          const spent = (await levelOf(store, [own]))?.spent;
          if (before >= 0) expect(spent === 0, `${period} on day ${day}`).toBe(was !== is);
          const entries = [entry({ id: `${period}${day}`, cost: 1 })];
          await settle(store, claim({ id: 'x', budgets: [own] }), { entries });
        }
        before = day;
      }
    });

    test('counts millions of dollars to the nano-dollar', async ({ store }) => {
      const large = { subject: 'large', period: 'month', usd: 9_000_000_000_000_000 } as const;
      const one = claim({ budgets: [large], hold: 8_000_000_000_000_001 });
      expect((await store.claim(one)).refusal).toBeNull();
      expect(
        (await store.claim(claim({ id: 'b', budgets: [large], hold: 1_000_000_000_000_000 }))).refusal,
      ).not.toBeNull();
      await settle(store, one, { entries: [entry({ cost: 8_000_000_000_000_001 })] });
      expect(await levelOf(store, [large])).toEqual({ spent: 8_000_000_000_000_001, reserved: 0 });
    });

    for (const [[tenant, subject], [otherTenant, otherSubject]] of CONFUSABLE) {
      test(`keeps ${show([tenant, subject])} apart from ${show([otherTenant, otherSubject])}`, async ({
        store,
      }) => {
        const of = (tenant: string, subject: string, id: string) =>
          claim({ tenant, id, slots: [{ subject, limit: 1 }], budgets: [{ ...budget, subject }], hold: 60 });
        expect((await store.claim(of(tenant, subject, 'one'))).refusal).toBeNull();
        expect((await store.claim(of(otherTenant, otherSubject, 'two'))).refusal).toBeNull();
        expect((await store.claim(of(tenant, subject, 'three'))).refusal).toMatchObject({ kind: 'budget' });
      });
    }
  });
}
