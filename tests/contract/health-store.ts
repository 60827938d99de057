import { expect } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { HealthMark, HealthState, HealthStore } from '../../src/ports/health-store.ts';
import { contract, DAY_MS, type Gaps, type Made, SHORT_MS } from './contract.ts';

export interface MadeHealthStore extends Made {
  readonly store: HealthStore;
  /** The clock that the driver holds `until` against. */
  readonly clock: Pick<Clock, 'now'>;
}

export interface MadeSharedHealthStore extends MadeHealthStore {
  /** The driver of another process, over the same marks. */
  readonly peer: HealthStore;
}

const HOUR_MS = 3_600_000;
const NAMES = [
  'a/b',
  'a:b',
  'a/b/c',
  'a',
  '',
  '*',
  '{a}/b',
  'open:a',
  'a/b#0f',
  '__proto__',
  'constructor',
  'caf\u00e9',
  'cafe\u0301',
  '\u{1f680} "\\\n',
];

const subjects = (marks: readonly HealthMark[]) => marks.map(({ subject }) => subject).sort();

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

    for (const state of ['open', 'limited', 'key_dead', 'drained'] satisfies HealthState[]) {
      test(`shows a mark of ${state} until it is cleared, once or twice`, async ({ store, clock }) => {
        const mark = { state, subject: 'openai/gpt-4o', until: clock.now() + HOUR_MS };
        await store.mark(mark);
        expect(await store.marks()).toEqual([mark]);
        await store.clear(mark);
        await store.clear(mark);
        expect(await store.marks()).toEqual([]);
      });
    }

    test('lets the last mark of a spot stand, also when it ends sooner', async ({ store, clock }) => {
      const spot = { state: 'open', subject: 'openai/gpt-4o' } as const;
      await store.mark({ ...spot, until: clock.now() + 2 * HOUR_MS });
      const last = { ...spot, until: clock.now() + HOUR_MS };
      await store.mark(last);
      expect(await store.marks()).toEqual([last]);
    });

    test('keeps the states of a subject apart', async ({ store, clock }) => {
      const until = clock.now() + HOUR_MS;
      await store.mark({ state: 'open', subject: 'a/b', until });
      await store.mark({ state: 'drained', subject: 'a/b', until });
      await store.clear({ state: 'open', subject: 'a/b' });
      expect(await store.marks()).toEqual([{ state: 'drained', subject: 'a/b', until }]);
    });

    test('keeps subjects apart, whatever their names', async ({ store, clock }) => {
      const until = clock.now() + HOUR_MS;
      for (const subject of NAMES) await store.mark({ state: 'open', subject, until });
      expect(subjects(await store.marks())).toEqual([...NAMES].sort());
      await store.clear({ state: 'open', subject: '*' });
      expect(await store.marks()).toHaveLength(NAMES.length - 1);
    });

    test('shows no mark that was over when it was made, and ends the one before it', async ({
      store,
      clock,
    }) => {
      const spot = { state: 'open', subject: 'a/b' } as const;
      await store.mark({ ...spot, until: clock.now() + HOUR_MS });
      await store.mark({ ...spot, until: clock.now() - 1 });
      expect(await store.marks()).toEqual([]);
    });

    test('holds a mark of ten years', async ({ store, clock }) => {
      const mark = { state: 'drained', subject: 'a/b', until: clock.now() + 3_650 * DAY_MS } as const;
      await store.mark(mark);
      expect(await store.marks()).toEqual([mark]);
    });

    timed('lets marks lapse by themselves', async ({ store, clock, advance }) => {
      await store.mark({ state: 'open', subject: 'a/b', until: clock.now() + SHORT_MS / 2 });
      const kept = { state: 'limited', subject: 'a/c#0f', until: clock.now() + HOUR_MS } as const;
      await store.mark(kept);
      await advance(SHORT_MS);
      expect(await store.marks()).toEqual([kept]);
    });

    exact('shows a mark to the last millisecond and not at its end', async ({ store, clock, advance }) => {
      await store.mark({ state: 'open', subject: 'a/b', until: clock.now() + DAY_MS });
      await advance(DAY_MS - 1);
      expect(await store.marks()).toHaveLength(1);
      await advance(1);
      expect(await store.marks()).toEqual([]);
    });

    test('holds the marks of 100 targets set at once', async ({ store, clock }) => {
      const until = clock.now() + HOUR_MS;
      const mark = (_: unknown, i: number) => store.mark({ state: 'open', subject: `p/m${i}`, until });
      await Promise.all(Array.from({ length: 100 }, mark));
      expect(await store.marks()).toHaveLength(100);
    });
  });
}

/** Holds a driver of a remote store to what two processes may expect of each other. */
export function sharedHealthStoreContract(name: string, make: () => Promise<MadeSharedHealthStore>): void {
  contract(`HealthStore: ${name}, seen by two processes`, make, {}, ({ test }) => {
    test('shows what the other marked and cleared', async ({ store, peer, clock }) => {
      const mark = { state: 'open', subject: 'a/b', until: clock.now() + HOUR_MS } as const;
      await store.mark(mark);
      expect(await peer.marks()).toEqual([mark]);
      await peer.clear(mark);
      expect(await store.marks()).toEqual([]);
    });
  });
}
