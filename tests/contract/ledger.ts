import { expect } from 'vitest';
import type { Ledger, LedgerEntry } from '../../src/ports/ledger.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, show } from './contract.ts';

export interface MadeLedger extends Made {
  readonly store: Ledger;
}

/** The start of a day, UTC. */
const TODAY = Date.UTC(2026, 4, 20);
const usage = {
  input: 1,
  cacheRead: 2,
  cacheWrite: 3,
  cacheWrite1h: 4,
  output: 5,
  reasoning: 1,
  estimated: false,
};

const entry = (fields: Partial<LedgerEntry> = {}): LedgerEntry => ({
  attemptId: 'attempt-1',
  requestId: 'request-1',
  tenant: 't',
  keyId: 'key-1',
  provider: 'openai',
  model: 'gpt-4o',
  at: TODAY,
  usage,
  cost: 1_000,
  ...fields,
});

/** Holds a driver to `src/ports/ledger.ts`. */
export function ledgerContract(name: string, make: () => Promise<MadeLedger>, gaps: Gaps = {}): void {
  contract(`Ledger: ${name}`, make, gaps, ({ test }) => {
    const today = (store: Ledger, tenant = 't') => store.totals(tenant, TODAY, TODAY + DAY_MS);

    test('has zeros for whom it does not know', async ({ store }) => {
      for (const tenant of ['t', '', '__proto__']) {
        expect(await today(store, tenant)).toEqual({ attempts: 0, unpriced: 0, cost: 0 });
      }
    });

    test('sums what attempts cost', async ({ store }) => {
      await store.settle(entry({ attemptId: 'a', cost: 1 }));
      await store.settle(entry({ attemptId: 'b', cost: 2_000_000_000 }));
      expect(await today(store)).toEqual({ attempts: 2, unpriced: 0, cost: 2_000_000_001 });
    });

    test('counts an unknown price apart from a price of 0', async ({ store }) => {
      await store.settle(entry({ attemptId: 'unknown', cost: null }));
      await store.settle(entry({ attemptId: 'free', cost: 0 }));
      await store.settle(entry({ attemptId: 'no usage', cost: null, usage: null }));
      expect(await today(store)).toEqual({ attempts: 3, unpriced: 2, cost: 0 });
    });

    test('settles an attempt once, whatever is said of it later', async ({ store }) => {
      await store.settle(entry());
      await store.settle(entry());
      await store.settle(entry({ cost: 5, at: TODAY + DAY_MS, model: 'other' }));
      await store.settle(entry({ cost: null }));
      expect(await store.totals('t', 0, TODAY + 2 * DAY_MS)).toEqual({
        attempts: 1,
        unpriced: 0,
        cost: 1_000,
      });
    });

    test('settles an attempt once when 100 settle it at once', async ({ store }) => {
      await Promise.all(Array.from({ length: 100 }, () => store.settle(entry())));
      expect(await today(store)).toEqual({ attempts: 1, unpriced: 0, cost: 1_000 });
    });

    test('loses none of 100 attempts settled at once', async ({ store }) => {
      const settle = (_: unknown, i: number) => store.settle(entry({ attemptId: `a${i}`, cost: i }));
      await Promise.all(Array.from({ length: 100 }, settle));
      expect(await today(store)).toEqual({ attempts: 100, unpriced: 0, cost: 4_950 });
    });

    test('takes the first millisecond of a range and leaves the last', async ({ store }) => {
      await store.settle(entry({ attemptId: 'before', at: TODAY - 1, cost: 1 }));
      await store.settle(entry({ attemptId: 'first', at: TODAY, cost: 10 }));
      await store.settle(entry({ attemptId: 'last', at: TODAY + DAY_MS - 1, cost: 100 }));
      await store.settle(entry({ attemptId: 'after', at: TODAY + DAY_MS, cost: 1_000 }));
      expect(await today(store)).toEqual({ attempts: 2, unpriced: 0, cost: 110 });
    });

    test(
      'sums a range inside a day to the millisecond',
      async ({ store }) => {
        for (const at of [4, 5, 9, 10])
          await store.settle(entry({ attemptId: `a${at}`, at: TODAY + at, cost: at }));
        expect(await store.totals('t', TODAY + 5, TODAY + 10)).toEqual({
          attempts: 2,
          unpriced: 0,
          cost: 14,
        });
      },
      ['partialDays'],
    );

    test('sums over days and months, and over nothing', async ({ store }) => {
      for (const day of [-40, -1, 0, 1]) {
        await store.settle(entry({ attemptId: `day${day}`, at: TODAY + day * DAY_MS, cost: 1 }));
      }
      expect((await store.totals('t', TODAY - 30 * DAY_MS, TODAY + DAY_MS)).attempts).toBe(2);
      expect((await store.totals('t', TODAY - 365 * DAY_MS, TODAY + 365 * DAY_MS)).attempts).toBe(4);
      expect((await store.totals('t', TODAY, TODAY)).attempts).toBe(0);
      expect((await store.totals('t', TODAY + DAY_MS, TODAY)).attempts).toBe(0);
    });

    test('takes an attempt that is settled days late', async ({ store }) => {
      await store.settle(entry({ attemptId: 'new', at: TODAY }));
      await store.settle(entry({ attemptId: 'late', at: TODAY - 3 * DAY_MS, cost: 7 }));
      expect((await store.totals('t', TODAY - 3 * DAY_MS, TODAY - 2 * DAY_MS)).cost).toBe(7);
    });

    test('stays exact up to millions of dollars', async ({ store }) => {
      const large = 4_000_000_000_000_001;
      await store.settle(entry({ attemptId: 'a', cost: large }));
      await store.settle(entry({ attemptId: 'b', cost: large }));
      expect((await today(store)).cost).toBe(8_000_000_000_000_002);
    });

    for (const cost of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53]) {
      test(`refuses a cost of ${cost} and keeps its sums`, async ({ store }) => {
        await store.settle(entry());
        await expect(store.settle(entry({ attemptId: 'bad', cost }))).rejects.toThrow();
        expect(await today(store)).toEqual({ attempts: 1, unpriced: 0, cost: 1_000 });
      });
    }

    for (const [one, other] of CONFUSABLE) {
      const [[tenant, attemptId], [otherTenant, otherId]] = [one, other];
      test(`keeps ${show(one)} apart from ${show(other)}`, async ({ store }) => {
        await store.settle(entry({ tenant, attemptId, cost: 1 }));
        if (tenant !== otherTenant) expect((await today(store, otherTenant)).attempts).toBe(0);
        await store.settle(entry({ tenant: otherTenant, attemptId: otherId, cost: 10 }));
        const own = tenant === otherTenant ? 11 : 1;
        expect((await today(store, tenant)).cost).toBe(own);
        expect((await today(store, otherTenant)).cost).toBe(tenant === otherTenant ? 11 : 10);
      });
    }
  });
}
