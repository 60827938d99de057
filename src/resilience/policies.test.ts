import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { backoffMs, pause } from './backoff.ts';
import { ExtraBudget } from './extra-budget.ts';
import { GrowingPause } from './growing-pause.ts';
import { PeakEwma } from './peak-ewma.ts';
import { Quantiles } from './quantiles.ts';
import { Throttle } from './throttle.ts';

describe('backoffMs', () => {
  const options = { baseMs: 100, maxMs: 300 };

  it('is anything up to a bound that doubles, to a bound of its own', () => {
    expect([0, 1, 2, 3].map((retry) => backoffMs(retry, () => 1, options))).toEqual([100, 200, 300, 300]);
    expect(backoffMs(1, () => 0, options)).toBe(0);
    expect(backoffMs(1, () => 0.25, options)).toBe(50);
  });
});

describe('pause', () => {
  it('ends when its time is over', async () => {
    const clock = createFakeClock();
    let isOver = false;
    void pause(clock, 100, new AbortController().signal).then(() => {
      isOver = true;
    });
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(isOver).toBe(true);
  });

  it('ends with the reason of the signal, before it or in it', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const paused = pause(clock, 100, controller.signal);
    controller.abort(new Error('left'));
    await expect(paused).rejects.toThrow('left');
    await expect(pause(clock, 100, controller.signal)).rejects.toThrow('left');
  });
});

describe('ExtraBudget', () => {
  const make = () => {
    const clock = createFakeClock();
    const budget = new ExtraBudget({ clock, windowMs: 10_000, ratio: 0.2, floor: 3 });
    const taken = (tries: number) =>
      Array.from({ length: tries }, () => budget.take()).filter(Boolean).length;
    const note = (calls: number) => {
      for (let i = 0; i < calls; i += 1) budget.note();
    };
    return { clock, budget, taken, note };
  };

  it('allows a share of the calls, and a few when there are hardly any', () => {
    const { note, taken } = make();
    expect(taken(10)).toBe(3);
    note(100);
    expect(taken(100)).toBe(17);
    expect(taken(100)).toBe(0);
  });

  it('allows as much again when the window has passed, and no more', async () => {
    const { clock, note, taken } = make();
    note(100);
    expect(taken(100)).toBe(20);
    await clock.advance(9_000);
    expect(taken(100)).toBe(0);
    await clock.advance(1_000);
    expect(taken(100)).toBe(3);
  });

  it('refuses to allow nothing', () => {
    const clock = createFakeClock();
    expect(() => new ExtraBudget({ clock, windowMs: 1, ratio: 0, floor: 0 })).toThrow(RangeError);
  });
});

describe('Throttle', () => {
  /** Calls that are made in each of some rounds, ten a window, if of all that are wanted so many go well. */
  async function made(well: readonly number[]): Promise<number[]> {
    const clock = createFakeClock();
    const throttle = new Throttle({ clock, windowMs: 1_000, factor: 2, floor: 2 });
    const counts: number[] = [];
    for (const limit of well) {
      let made = 0;
      for (; made < 100 && throttle.allows; made += 1) throttle.made();
      for (let i = 0; i < Math.min(made, limit); i += 1) throttle.wentWell();
      counts.push(made);
      await clock.advance(100);
    }
    return counts;
  }

  it('allows hardly any while none goes well, and doubles once they do', async () => {
    const down = await made(Array.from({ length: 20 }, () => 0));
    expect(down.filter((count) => count > 0)).toEqual([2, 2]);
    expect((await made([100, 100, 100, 100, 100])).slice(0, 5)).toEqual([2, 2, 4, 8, 16]);
  });

  it('stays at about twice of what goes well', async () => {
    const counts = await made(Array.from({ length: 60 }, () => 10));
    const late = counts.slice(20).reduce((sum, count) => sum + count, 0) / 40;
    expect(late).toBeGreaterThanOrEqual(12);
    expect(late).toBeLessThanOrEqual(21);
  });

  it('refuses what would end in nothing', () => {
    const clock = createFakeClock();
    expect(() => new Throttle({ clock, windowMs: 1, factor: 1, floor: 1 })).toThrow(RangeError);
    expect(() => new Throttle({ clock, windowMs: 1, factor: 2, floor: 0 })).toThrow(RangeError);
  });
});

describe('GrowingPause', () => {
  it('doubles to a bound, and is short again once reset', () => {
    const grows = new GrowingPause(100, 350);
    expect([grows.next(), grows.next(), grows.next(), grows.next()]).toEqual([100, 200, 350, 350]);
    grows.reset();
    expect(grows.next()).toBe(100);
    expect(() => new GrowingPause(0, 1)).toThrow(RangeError);
  });
});

describe('Quantiles', () => {
  it('tells what a share of the times did not exceed, to a tenth', () => {
    const times = new Quantiles(createFakeClock(), 60_000);
    expect(times.at(0.5)).toBeNull();
    for (let ms = 1; ms <= 1_000; ms += 1) times.observe(ms);
    for (const q of [0.5, 0.9, 0.95, 0.99]) {
      const exact = q * 1_000;
      expect(times.at(q)).toBeGreaterThanOrEqual(exact * 0.999);
      expect(times.at(q)).toBeLessThanOrEqual(exact * 1.11);
    }
    expect(times.at(0.5, 1_001)).toBeNull();
  });

  it('takes the least and the longest time', () => {
    const times = new Quantiles(createFakeClock(), 60_000);
    for (const ms of [0, -1, Number.NaN]) times.observe(ms);
    expect(times.at(1)).toBe(1);
    times.observe(1e12);
    expect(times.at(1)).toBeGreaterThanOrEqual(900_000);
  });

  it('forgets what is older than the window, and keeps what is younger than half of it', async () => {
    const clock = createFakeClock();
    const times = new Quantiles(clock, 60_000);
    times.observe(1_000);
    await clock.advance(30_000);
    times.observe(10);
    expect(times.count).toBe(2);
    await clock.advance(30_000);
    expect(times.count).toBe(1);
    expect(times.at(1)).toBeLessThan(12);
    await clock.advance(60_000);
    expect(times.count).toBe(0);
  });
});

describe('PeakEwma', () => {
  it('jumps to a peak at once and forgets it slowly', async () => {
    const clock = createFakeClock();
    const ewma = new PeakEwma(clock, 10_000);
    expect(ewma.value).toBeNull();
    ewma.observe(100);
    ewma.observe(900);
    expect(ewma.value).toBe(900);
    await clock.advance(10_000);
    ewma.observe(100);
    expect(ewma.value).toBeCloseTo(100 + 800 * Math.exp(-1));
  });
});
