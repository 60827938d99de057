import { expect } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import { contract, DAY_MS, type Gaps, type Made, SHORT_MS } from './contract.ts';

export interface MadeClock extends Made {
  readonly clock: Clock;
}

/** Holds a driver to `src/ports/clock.ts`. */
export function clockContract(name: string, make: () => Promise<MadeClock>, gaps: Gaps = {}): void {
  contract(`Clock: ${name}`, make, gaps, ({ test, timed, exact }) => {
    test('tells a time of this age, in whole milliseconds', async ({ clock }) => {
      expect(Number.isInteger(clock.now())).toBe(true);
      expect(clock.now()).toBeGreaterThan(Date.UTC(2020, 0, 1));
    });

    timed('moves both times on, the monotonic one never back', async ({ clock, advance }) => {
      const [now, monotonic] = [clock.now(), clock.monotonic()];
      for (let i = 0, last = monotonic; i < 1_000; i += 1, last = clock.monotonic()) {
        expect(clock.monotonic()).toBeGreaterThanOrEqual(last);
      }
      await advance(20);
      // A timer of the system may ring up to a millisecond early.
      expect(clock.now() - now).toBeGreaterThanOrEqual(19);
      expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(19);
    });

    timed('fires once, later, in the order of the delays', async ({ clock, advance }) => {
      const fired: string[] = [];
      clock.after(40, () => fired.push('second'));
      clock.after(5, () => fired.push('first'));
      clock.after(0, () => fired.push('at once'));
      expect(fired, 'never before after() returns').toEqual([]);
      await advance(SHORT_MS);
      await advance(SHORT_MS);
      expect(fired).toEqual(['at once', 'first', 'second']);
    });

    timed('does not fire what was cancelled, and lets it be cancelled again', async ({ clock, advance }) => {
      let fired = 0;
      const cancel = clock.after(5, () => {
        fired += 1;
      });
      const cancelLate = clock.after(1, () => {});
      cancel();
      cancel();
      await advance(SHORT_MS);
      cancelLate();
      expect(fired).toBe(0);
    });

    timed('takes a delay below 0 as 0', async ({ clock, advance }) => {
      let fired = false;
      clock.after(-DAY_MS, () => {
        fired = true;
      });
      await advance(5);
      expect(fired).toBe(true);
    });

    timed('does not take a wait of a month for none', async ({ clock, advance }) => {
      let fired = false;
      const cancel = clock.after(31 * DAY_MS, () => {
        fired = true;
      });
      await advance(20);
      cancel();
      expect(fired).toBe(false);
    });

    timed('fires what a timer sets', async ({ clock, advance }) => {
      let fired = false;
      clock.after(1, () => {
        clock.after(1, () => {
          fired = true;
        });
      });
      await advance(SHORT_MS);
      expect(fired).toBe(true);
    });

    exact('fires at the exact millisecond, with its time shown', async ({ clock, advance }) => {
      const start = clock.now();
      const at: number[] = [];
      clock.after(31 * DAY_MS, () => at.push(clock.now() - start));
      await advance(31 * DAY_MS - 1);
      expect(at).toEqual([]);
      await advance(1);
      expect(at).toEqual([31 * DAY_MS]);
    });

    exact('lets what awaits a timer set the next one within one advance', async ({ clock, advance }) => {
      const start = clock.monotonic();
      const beats: number[] = [];
      const beat = async () => {
        for (let i = 0; i < 3; i += 1) {
          await new Promise<void>((resolve) => clock.after(10, resolve));
          beats.push(clock.monotonic() - start);
        }
      };
      const done = beat();
      await advance(30);
      await done;
      expect(beats).toEqual([10, 20, 30]);
    });
  });
}
