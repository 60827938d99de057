import { expect } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, show } from './contract.ts';

export interface MadeLedger extends Made {
  readonly ledger: Ledger;
  /** What writes to it. */
  readonly limits: LimitStore;
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
  id: 'attempt-1',
  requestId: 'request-1',
  tenant: 't',
  keyId: 'key-1',
  provider: 'openai',
  model: 'gpt-4o',
  tags: [],
  at: TODAY,
  isAttempt: true,
  usage,
  cost: 1_000,
  saved: 0,
  ...fields,
});

const bare = (tenant: string): Claim => ({
  tenant,
  id: 'call-1',
  rates: [],
  slots: [],
  budgets: [],
  hold: 0,
  leaseMs: 60_000,
  entries: [],
});

function enter({ limits }: MadeLedger, one: LedgerEntry, orphan = false): Promise<void> {
  return limits.settle({ claim: bare(one.tenant), taken: [], entries: [one], orphan });
}

/** Sums over whole days. */
async function totals({ ledger }: MadeLedger, tenant: string, from: number, to: number) {
  const rows = await ledger.rows(tenant, Math.ceil(from / DAY_MS), Math.ceil(to / DAY_MS));
  const sum = (name: 'attempts' | 'unpriced' | 'cost') => rows.reduce((all, row) => all + row[name], 0);
  return { attempts: sum('attempts'), unpriced: sum('unpriced'), cost: sum('cost') };
}

/** Holds a driver to `src/ports/ledger.ts`. */
export function ledgerContract(name: string, make: () => Promise<MadeLedger>, gaps: Gaps = {}): void {
  contract(`Ledger: ${name}`, make, gaps, ({ test }) => {
    const today = (made: MadeLedger, tenant = 't') => totals(made, tenant, TODAY, TODAY + DAY_MS);

    test('has zeros for whom it does not know', async (made) => {
      for (const tenant of ['t', '', '__proto__']) {
        expect(await today(made, tenant)).toEqual({ attempts: 0, unpriced: 0, cost: 0 });
      }
    });

    test('sums what attempts cost', async (made) => {
      await enter(made, entry({ id: 'a', cost: 1 }));
      await enter(made, entry({ id: 'b', cost: 2_000_000_000 }));
      expect(await today(made)).toEqual({ attempts: 2, unpriced: 0, cost: 2_000_000_001 });
    });

    test('counts an unknown price apart from a price of 0', async (made) => {
      await enter(made, entry({ id: 'unknown', cost: null }));
      await enter(made, entry({ id: 'free', cost: 0 }));
      await enter(made, entry({ id: 'no usage', cost: null, usage: null }));
      expect(await today(made)).toEqual({ attempts: 3, unpriced: 2, cost: 0 });
    });

    test('settles an attempt once, whatever is said of it later', async (made) => {
      await enter(made, entry());
      await enter(made, entry());
      await enter(made, entry({ cost: 5, at: TODAY + DAY_MS, model: 'other' }));
      await enter(made, entry({ cost: null }));
      expect(await totals(made, 't', TODAY - 2 * DAY_MS, TODAY + 2 * DAY_MS)).toEqual({
        attempts: 1,
        unpriced: 0,
        cost: 1_000,
      });
    });

    test('settles an attempt once when 100 settle it at once', async (made) => {
      await Promise.all(Array.from({ length: 100 }, () => enter(made, entry())));
      expect(await today(made)).toEqual({ attempts: 1, unpriced: 0, cost: 1_000 });
    });

    test('loses none of 100 attempts settled at once', async (made) => {
      const settle = (_: unknown, i: number) => enter(made, entry({ id: `a${i}`, cost: i }));
      await Promise.all(Array.from({ length: 100 }, settle));
      expect(await today(made)).toEqual({ attempts: 100, unpriced: 0, cost: 4_950 });
    });

    test('takes the first millisecond of a range and leaves the last', async (made) => {
      await enter(made, entry({ id: 'before', at: TODAY - 1, cost: 1 }));
      await enter(made, entry({ id: 'first', at: TODAY, cost: 10 }));
      await enter(made, entry({ id: 'last', at: TODAY + DAY_MS - 1, cost: 100 }));
      await enter(made, entry({ id: 'after', at: TODAY + DAY_MS, cost: 1_000 }));
      expect(await today(made)).toEqual({ attempts: 2, unpriced: 0, cost: 110 });
    });

    test('sums over days and months, and over nothing', async (made) => {
      for (const day of [-40, -1, 0, 1]) {
        await enter(made, entry({ id: `day${day}`, at: TODAY + day * DAY_MS, cost: 1 }));
      }
      expect((await totals(made, 't', TODAY - 30 * DAY_MS, TODAY + DAY_MS)).attempts).toBe(2);
      expect((await totals(made, 't', TODAY - 365 * DAY_MS, TODAY + 365 * DAY_MS)).attempts).toBe(4);
      expect((await totals(made, 't', TODAY, TODAY)).attempts).toBe(0);
      expect((await totals(made, 't', TODAY + DAY_MS, TODAY)).attempts).toBe(0);
    });

    test('takes an attempt that is settled days late', async (made) => {
      await enter(made, entry({ id: 'new', at: TODAY }));
      await enter(made, entry({ id: 'late', at: TODAY - 3 * DAY_MS, cost: 7 }));
      expect((await totals(made, 't', TODAY - 3 * DAY_MS, TODAY - 2 * DAY_MS)).cost).toBe(7);
    });

    test('stays exact up to millions of dollars', async (made) => {
      const large = 4_000_000_000_000_001;
      await enter(made, entry({ id: 'a', cost: large }));
      await enter(made, entry({ id: 'b', cost: large }));
      expect((await today(made)).cost).toBe(8_000_000_000_000_002);
    });

    for (const cost of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53]) {
      test(`refuses a cost of ${cost} and keeps its sums`, async (made) => {
        await enter(made, entry());
        await expect(enter(made, entry({ id: 'bad', cost }))).rejects.toThrow();
        expect(await today(made)).toEqual({ attempts: 1, unpriced: 0, cost: 1_000 });
      });
    }

    for (const [one, other] of CONFUSABLE) {
      const [[tenant, id], [otherTenant, otherId]] = [one, other];
      test(`keeps ${show(one)} apart from ${show(other)}`, async (made) => {
        await enter(made, entry({ tenant, id, cost: 1 }));
        if (tenant !== otherTenant) expect((await today(made, otherTenant)).attempts).toBe(0);
        await enter(made, entry({ tenant: otherTenant, id: otherId, cost: 10 }));
        const own = tenant === otherTenant ? 11 : 1;
        expect((await today(made, tenant)).cost).toBe(own);
        expect((await today(made, otherTenant)).cost).toBe(tenant === otherTenant ? 11 : 10);
      });
    }
  });
}
