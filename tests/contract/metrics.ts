import { expect } from 'vitest';
import type { Instrument, Labels, Metrics } from '../../src/ports/metrics.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeMetrics extends Made {
  readonly metrics: Metrics;
  /** Value of a counter or gauge, sum of a histogram; null for label sets that were never used. */
  read(instrument: Instrument, labels: Labels): Promise<number | null>;
  /** Observations with a value of at most `bound`. */
  readUpTo(instrument: Instrument, labels: Labels, bound: number): Promise<number>;
  /** Label sets kept of an instrument. */
  seriesCount(instrument: Instrument): Promise<number>;
}

const requests: Instrument = {
  name: 'requests_total',
  help: 'h',
  kind: 'counter',
  labels: ['route', 'status'],
};
const active: Instrument = { name: 'active', help: 'h', kind: 'gauge', labels: [] };
const seconds: Instrument = {
  name: 'seconds',
  help: 'h',
  kind: 'histogram',
  labels: ['route'],
  buckets: [0.1, 1, 10],
};

/** Holds a driver to `src/ports/metrics.ts`. */
export function metricsContract(name: string, make: () => Promise<MadeMetrics>, gaps: Gaps = {}): void {
  contract(`Metrics: ${name}`, make, gaps, ({ test }) => {
    test('adds to a counter for each label set', async ({ metrics, read }) => {
      metrics.add(requests, 1, ['chat', '200']);
      metrics.add(requests, 2, ['chat', '200']);
      metrics.add(requests, 1, ['chat', '500']);
      expect(await read(requests, ['chat', '200'])).toBe(3);
      expect(await read(requests, ['chat', '500'])).toBe(1);
      expect(await read(requests, ['other', '200'])).toBeNull();
    });

    test('moves and sets a gauge without labels', async ({ metrics, read }) => {
      metrics.add(active, 3, []);
      metrics.add(active, -1, []);
      expect(await read(active, [])).toBe(2);
      metrics.set(active, -7, []);
      expect(await read(active, [])).toBe(-7);
    });

    test('puts an observation on a bound into that bucket', async ({ metrics, read, readUpTo }) => {
      for (const value of [0.1, 0.100001, 1, 10, 11]) metrics.observe(seconds, value, ['chat']);
      expect(await readUpTo(seconds, ['chat'], 0.1)).toBe(1);
      expect(await readUpTo(seconds, ['chat'], 1)).toBe(3);
      expect(await readUpTo(seconds, ['chat'], 10)).toBe(4);
      expect(await readUpTo(seconds, ['chat'], Number.POSITIVE_INFINITY)).toBe(5);
      expect(await read(seconds, ['chat'])).toBeCloseTo(22.200001, 9);
    });

    for (const [one, other] of [
      [
        ['a,b', 'c'],
        ['a', 'b,c'],
      ],
      [
        ['a\u0000', 'b'],
        ['a', '\u0000b'],
      ],
      [
        ['', 'a'],
        ['a', ''],
      ],
      [
        ['__proto__', 'x'],
        ['constructor', 'x'],
      ],
      [
        ['"\n\\', 'x'],
        ['"', '\n\\x'],
      ],
    ] as const) {
      test(`keeps labels ${JSON.stringify(one)} and ${JSON.stringify(other)} apart`, async (made) => {
        made.metrics.add(requests, 1, one);
        made.metrics.add(requests, 10, other);
        expect(await made.read(requests, one)).toBe(1);
        expect(await made.read(requests, other)).toBe(10);
      });
    }

    test('never throws, and no bad value spoils a good one', async ({ metrics, read }) => {
      metrics.add(requests, 1, ['chat', '200']);
      metrics.add(requests, Number.NaN, ['chat', '200']);
      metrics.add(requests, -5, ['chat', '200']);
      metrics.observe(requests, 5, ['chat', '200']);
      metrics.set(requests, 5, ['chat', '200']);
      metrics.observe(seconds, 1, ['chat']);
      metrics.observe(seconds, Number.NaN, ['chat']);
      metrics.add(seconds, 5, ['chat']);
      metrics.add(requests, 1, []);
      metrics.add(requests, 1, ['too', 'many', 'labels']);
      expect(await read(requests, ['chat', '200'])).toBe(1);
      expect(await read(seconds, ['chat'])).toBe(1);
    });

    test('bounds its label sets and loses no count', async ({ metrics, read, seriesCount }) => {
      for (let i = 0; i < 5_000; i += 1) metrics.add(requests, 1, ['chat', `model-${i}`]);
      const kept = (await seriesCount(requests)) - 1;
      expect(kept).toBeLessThanOrEqual(2_000);
      metrics.add(requests, 1, ['chat', 'model-0']);
      expect(await read(requests, ['chat', 'model-0']), 'known ones go on').toBe(2);
      expect(await read(requests, ['other', 'other'])).toBe(5_000 - kept);
    });
  });
}
