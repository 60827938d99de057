import { expect } from 'vitest';
import type { LimitStore, RateRule } from '../../src/ports/limit-store.ts';
import { CONFUSABLE, contract, DAY_MS, type Gaps, type Made, SHORT_MS, show } from './contract.ts';

export interface MadeLimitStore extends Made {
  readonly store: LimitStore;
}

const MINUTE_MS = 60_000;
const rule = (fields: Partial<RateRule> = {}): RateRule => ({
  tenant: 't',
  subject: 'rpm:key-1',
  limit: 10,
  periodMs: MINUTE_MS,
  ...fields,
});

/** Takes one after another; how many passed. */
async function takeMany(store: LimitStore, count: number, of: RateRule): Promise<number> {
  let passed = 0;
  for (let i = 0; i < count; i += 1) if ((await store.take(of, 1)).allowed) passed += 1;
  return passed;
}

/** Holds a driver to `src/ports/limit-store.ts`. Waits of the answers are whole milliseconds, rounded up. */
export function limitStoreContract(name: string, make: () => Promise<MadeLimitStore>, gaps: Gaps = {}): void {
  contract(`LimitStore: ${name}`, make, gaps, ({ test, timed, exact }) => {
    exact('counts down from the whole limit', async ({ store }) => {
      const day = rule({ limit: 3, periodMs: MINUTE_MS });
      const answer = { allowed: true, retryAfterMs: 0 };
      expect(await store.take(day, 1)).toEqual({ ...answer, remaining: 2, resetMs: 20_000 });
      expect(await store.take(day, 1)).toEqual({ ...answer, remaining: 1, resetMs: 40_000 });
      expect(await store.take(day, 1)).toEqual({ ...answer, remaining: 0, resetMs: 60_000 });
      const refused = { allowed: false, remaining: 0, retryAfterMs: 20_000, resetMs: 60_000 };
      expect(await store.take(day, 1)).toEqual(refused);
      expect(await store.take(day, 1), 'a refusal costs nothing').toEqual(refused);
    });

    test('allows exactly 10 of 100 parallel takes at limit 10', async ({ store }) => {
      const daily = rule({ periodMs: DAY_MS });
      const decisions = await Promise.all(Array.from({ length: 100 }, () => store.take(daily, 1)));
      const passed = decisions.filter(({ allowed }) => allowed);
      expect(passed).toHaveLength(10);
      const left = passed.map(({ remaining }) => remaining).sort((a, b) => a - b);
      expect(left, 'each unit is given out once').toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    for (const limit of [1, 3, 7, 11, 13, 49, 60, 97, 333, 1_000]) {
      exact(
        `allows exactly ${limit} at once where the interval is ${MINUTE_MS / limit} ms`,
        async ({ store }) => {
          expect(await takeMany(store, limit + 2, rule({ limit }))).toBe(limit);
        },
      );
    }

    exact('gives one unit back after each interval, not a millisecond sooner', async ({ store, advance }) => {
      const seven = rule({ limit: 7 });
      await takeMany(store, 7, seven);
      for (let i = 0; i < 20; i += 1) {
        const { allowed, retryAfterMs } = await store.take(seven, 1);
        expect(allowed).toBe(false);
        await advance(retryAfterMs - 1);
        expect((await store.take(seven, 1)).allowed).toBe(false);
        await advance(1);
        expect((await store.take(seven, 1)).allowed).toBe(true);
      }
    });

    exact('holds the rate over an hour of steady pressure', async ({ store, advance }) => {
      const seven = rule({ limit: 7 });
      let passed = 0;
      for (let second = 0; second < 3_600; second += 10) {
        passed += await takeMany(store, 2, seven);
        await advance(10_000);
      }
      // The burst, then seven for each of the 3,590 seconds' minutes: floor(7 + 3590 * 7 / 60).
      expect(passed).toBe(425);
    });

    timed('gives a unit back as time passes', async ({ store, advance }) => {
      const quick = rule({ limit: 2, periodMs: SHORT_MS });
      await takeMany(store, 2, rule({ ...quick }));
      await advance(SHORT_MS);
      expect((await store.take(quick, 1)).allowed).toBe(true);
    });

    exact('is whole again at the reset, and never more than whole', async ({ store, advance }) => {
      await takeMany(store, 10, rule());
      const { resetMs } = await store.take(rule(), 1);
      expect(resetMs).toBe(MINUTE_MS);
      await advance(resetMs);
      expect(await store.take(rule(), 0)).toEqual({
        allowed: true,
        remaining: 10,
        retryAfterMs: 0,
        resetMs: 0,
      });
      await advance(30 * DAY_MS);
      expect(await takeMany(store, 20, rule())).toBe(10);
    });

    exact('takes many units at once or none of them', async ({ store, advance }) => {
      expect(await store.take(rule(), 7)).toMatchObject({ allowed: true, remaining: 3 });
      const refused = await store.take(rule(), 4);
      expect(refused).toMatchObject({ allowed: false, remaining: 3, retryAfterMs: 6_000 });
      await advance(refused.retryAfterMs - 1);
      expect((await store.take(rule(), 4)).allowed).toBe(false);
      await advance(1);
      expect(await store.take(rule(), 4)).toMatchObject({ allowed: true, remaining: 0 });
    });

    test('never allows a cost above the limit, and says so without a wait of 0', async ({ store }) => {
      const refused = await store.take(rule(), 11);
      expect(refused).toEqual({ allowed: false, remaining: 10, retryAfterMs: MINUTE_MS, resetMs: 0 });
      expect(await takeMany(store, 12, rule({ periodMs: MINUTE_MS })), 'and it cost nothing').toBe(10);
    });

    test('reads with a cost of 0', async ({ store }) => {
      const whole = { allowed: true, remaining: 10, retryAfterMs: 0, resetMs: 0 };
      expect(await store.take(rule(), 0)).toEqual(whole);
      expect(await store.take(rule(), 0)).toEqual(whole);
    });

    exact('gives back with a negative cost, never beyond the whole limit', async ({ store }) => {
      await store.take(rule(), 8);
      expect(await store.take(rule(), -3)).toMatchObject({ allowed: true, remaining: 5 });
      expect(await store.take(rule(), -1_000)).toMatchObject({ allowed: true, remaining: 10, resetMs: 0 });
      expect(await takeMany(store, 20, rule())).toBe(10);
    });

    test('is not spoiled by a cost that is no number', async ({ store }) => {
      await store.take(rule(), Number.NaN).catch(() => null);
      expect(await takeMany(store, 12, rule({ periodMs: DAY_MS }))).toBe(10);
    });

    test('allows nothing at a limit of 0', async ({ store }) => {
      const none = rule({ limit: 0 });
      const refused = { allowed: false, remaining: 0, retryAfterMs: MINUTE_MS, resetMs: 0 };
      expect(await store.take(none, 1)).toEqual(refused);
    });

    exact('counts token rates of millions exactly', async ({ store }) => {
      const tokens = rule({ limit: 30_000_000 });
      expect(await store.take(tokens, 29_999_999)).toMatchObject({ allowed: true, remaining: 1 });
      expect(await store.take(tokens, 2)).toMatchObject({ allowed: false, remaining: 1, retryAfterMs: 1 });
      expect(await store.take(tokens, 1)).toMatchObject({ allowed: true, remaining: 0 });
    });

    exact('keeps the time owed when the limit is changed', async ({ store }) => {
      await takeMany(store, 10, rule());
      expect(await store.take(rule({ limit: 20 }), 1)).toMatchObject({ allowed: false, retryAfterMs: 3_000 });
      expect(await store.take(rule({ limit: 5 }), 1)).toMatchObject({ allowed: false, retryAfterMs: 12_000 });
    });

    for (const [[tenant, subject], [otherTenant, otherSubject]] of CONFUSABLE) {
      const title = `${show([tenant, subject])} apart from ${show([otherTenant, otherSubject])}`;
      test(`limits ${title}`, async ({ store }) => {
        const daily = { limit: 1, periodMs: DAY_MS };
        expect((await store.take({ tenant, subject, ...daily }, 1)).allowed).toBe(true);
        const other = { tenant: otherTenant, subject: otherSubject, ...daily };
        expect((await store.take(other, 1)).allowed).toBe(true);
        expect((await store.take({ tenant, subject, ...daily }, 1)).allowed).toBe(false);
      });
    }
  });
}
