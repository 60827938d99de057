import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../domain/cache-entry.ts';
import { ageSeconds, freshness, jitteredTtlMs, type StaleSettings, storeTtlMs } from './freshness.ts';

const STORED = 1_000_000;
const settings: StaleSettings = {
  staleWhileRevalidateMs: 5_000,
  staleIfErrorMs: 60_000,
};

const made = (parts: Partial<Entry> = {}) =>
  ({ storedAt: STORED, ttlMs: 10_000, tookMs: 0, ...parts }) as Entry;

interface Options {
  readonly maxAgeMs?: number;
  readonly random?: number;
  readonly tookMs?: number;
}

function at(age: number, { maxAgeMs, random = 0, tookMs = 0 }: Options = {}, parts = settings) {
  const directives = { maxAgeMs: maxAgeMs ?? null };
  const input = { entry: made({ tookMs }), now: STORED + age, directives, settings: parts };
  return freshness({ ...input, random: () => random });
}

describe('an entry is', () => {
  it.each([
    [0, 'fresh'],
    [9_999, 'fresh'],
    [10_000, 'stale-revalidate'],
    [14_999, 'stale-revalidate'],
    [15_000, 'stale-on-error'],
    [69_999, 'stale-on-error'],
    [70_000, 'dead'],
    [-5_000, 'fresh'],
  ])('after %i ms: %s', (age, expected) => expect(at(age)).toBe(expected));

  it('dead after its time where nothing stale is wanted', () => {
    const none = { ...settings, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
    expect(at(9_999, {}, none)).toBe('fresh');
    expect(at(10_000, {}, none)).toBe('dead');
  });

  it('good while it is revalidated also where errors are not covered', () => {
    expect(at(14_999, {}, { ...settings, staleIfErrorMs: 0 })).toBe('stale-revalidate');
    expect(at(15_000, {}, { ...settings, staleIfErrorMs: 0 })).toBe('dead');
  });
});

describe('max-age', () => {
  it.each([
    [3_000, 'fresh'],
    [3_001, 'stale-on-error'],
    [12_000, 'stale-on-error'],
    [70_000, 'dead'],
  ])('of 3 s, after %i ms: %s', (age, expected) => expect(at(age, { maxAgeMs: 3_000 })).toBe(expected));

  it('does not make a stale one fresh', () => {
    expect(at(12_000, { maxAgeMs: 60_000 })).toBe('stale-on-error');
  });
});

describe('early refresh', () => {
  it('is likelier the nearer the end is', () => {
    const tookMs = 2_000;
    expect(at(9_000, { tookMs, random: 0.3 })).toBe('fresh');
    expect(at(9_000, { tookMs, random: 0.5 })).toBe('refresh-early');
    expect(at(5_000, { tookMs, random: 0.5 })).toBe('fresh');
    expect(at(5_000, { tookMs, random: 0.95 })).toBe('refresh-early');
  });

  it('never happens to what costs no time', () => expect(at(9_999, { random: 0.999_999 })).toBe('fresh'));
});

describe('times', () => {
  it('are whole seconds in the header', () => {
    expect(ageSeconds(made(), STORED + 1_999)).toBe(1);
    expect(ageSeconds(made(), STORED - 1)).toBe(0);
  });

  it('to live differ by key, within the jitter, and are the same for the same key', () => {
    expect(jitteredTtlMs(10_000, '00000000aa', 0.1)).toBe(10_000);
    expect(jitteredTtlMs(10_000, 'ffffffff00', 0.1)).toBe(9_000);
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        const key = value.toString(16).padStart(8, '0').repeat(8);
        const ttl = jitteredTtlMs(10_000, key, 0.1);
        expect(ttl).toBeGreaterThanOrEqual(9_000);
        expect(ttl).toBeLessThanOrEqual(10_000);
        expect(jitteredTtlMs(10_000, key, 0.1)).toBe(ttl);
        expect(jitteredTtlMs(10_000, key, 0)).toBe(10_000);
      }),
    );
  });

  it('in the store cover the longer of the two stale times', () => {
    expect(storeTtlMs(10_000, settings)).toBe(70_000);
    expect(storeTtlMs(10_000, { ...settings, staleIfErrorMs: 0 })).toBe(15_000);
  });
});
