import { expect } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { HealthStore } from '../../src/ports/health-store.ts';
import { contract, DAY_MS, type Gaps, type Made, SHORT_MS } from './contract.ts';

export interface MadeHealthStore extends Made {
  readonly store: HealthStore;
  /** The clock that the driver holds `until` against. */
  readonly clock: Pick<Clock, 'now'>;
}

const HOUR_MS = 3_600_000;

/** Holds a driver to `src/ports/health-store.ts`. */
export function healthStoreContract(
  name: string,
  make: () => Promise<MadeHealthStore>,
  gaps: Gaps = {},
): void {
  contract(`HealthStore: ${name}`, make, gaps, ({ test, timed, exact }) => {
    test('has no marks at first', async ({ store }) => {
      expect(await store.marks()).toEqual([]);
    });

    test('shows a mark until it is cleared, once or twice', async ({ store, clock }) => {
      const mark = { target: 'openai/gpt-4o', state: 'open', until: clock.now() + HOUR_MS } as const;
      await store.mark(mark);
      expect(await store.marks()).toEqual([mark]);
      await store.clear(mark.target);
      await store.clear(mark.target);
      expect(await store.marks()).toEqual([]);
    });

    test('lets the last mark of a target stand, also when it ends sooner', async ({ store, clock }) => {
      const target = 'openai/gpt-4o';
      await store.mark({ target, state: 'open', until: clock.now() + 2 * HOUR_MS });
      const last = { target, state: 'limited', until: clock.now() + HOUR_MS } as const;
      await store.mark(last);
      expect(await store.marks()).toEqual([last]);
    });

    test('keeps targets apart, whatever their names', async ({ store, clock }) => {
      const names = [
        'a/b',
        'a:b',
        'a/b/c',
        'a',
        '*',
        '{a}/b',
        '__proto__',
        'constructor',
        'caf\u00e9',
        'cafe\u0301',
      ];
      const until = clock.now() + HOUR_MS;
      for (const target of names) await store.mark({ target, state: 'open', until });
      expect((await store.marks()).map(({ target }) => target).sort()).toEqual([...names].sort());
      await store.clear('*');
      expect(await store.marks()).toHaveLength(names.length - 1);
    });

    test('shows no mark that was over when it was made, and ends the one before it', async ({
      store,
      clock,
    }) => {
      await store.mark({ target: 'a/b', state: 'open', until: clock.now() + HOUR_MS });
      await store.mark({ target: 'a/b', state: 'open', until: clock.now() - 1 });
      expect(await store.marks()).toEqual([]);
    });

    timed('lets marks lapse by themselves', async ({ store, clock, advance }) => {
      await store.mark({ target: 'a/b', state: 'open', until: clock.now() + SHORT_MS / 2 });
      const kept = { target: 'a/c', state: 'limited', until: clock.now() + HOUR_MS } as const;
      await store.mark(kept);
      await advance(SHORT_MS);
      expect(await store.marks()).toEqual([kept]);
    });

    exact('shows a mark to the last millisecond and not at its end', async ({ store, clock, advance }) => {
      await store.mark({ target: 'a/b', state: 'open', until: clock.now() + DAY_MS });
      await advance(DAY_MS - 1);
      expect(await store.marks()).toHaveLength(1);
      await advance(1);
      expect(await store.marks()).toEqual([]);
    });

    test('holds the marks of 100 targets set at once', async ({ store, clock }) => {
      const until = clock.now() + HOUR_MS;
      const mark = (_: unknown, i: number) => store.mark({ target: `p/m${i}`, state: 'open', until });
      await Promise.all(Array.from({ length: 100 }, mark));
      expect(await store.marks()).toHaveLength(100);
    });
  });
}
