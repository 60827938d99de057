import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sieve } from '../../adapters/memory/sieve.ts';

const MAX_ENTRIES = 6;
const MAX_WEIGHT = 20;

interface Entry {
  readonly key: string;
  readonly value: number;
  readonly weight: number;
  visited: boolean;
}

/** SIEVE as the paper's figure draws it: a row from the oldest to the newest entry, and a hand on one of them. */
class ModelSieve {
  row: Entry[] = [];
  hand = 0;

  get size() {
    return this.row.length;
  }
  get weight() {
    return this.row.reduce((sum, { weight }) => sum + weight, 0);
  }
  get(key: string) {
    const entry = this.row.find((entry) => entry.key === key);
    if (entry !== undefined) entry.visited = true;
    return entry?.value;
  }
  set(key: string, value: number, weight: number) {
    const visited = this.delete(key);
    if (weight > MAX_WEIGHT) return;
    while (this.size >= MAX_ENTRIES || this.weight + weight > MAX_WEIGHT) this.evict();
    this.row.push({ key, value, weight, visited });
  }
  delete(key: string) {
    const index = this.row.findIndex((entry) => entry.key === key);
    if (index >= 0) this.remove(index);
    return index >= 0;
  }
  evict() {
    for (let at = this.hand; ; at = (at + 1) % this.size) {
      const entry = this.row[at];
      if (entry?.visited) entry.visited = false;
      else {
        this.hand = at;
        return this.remove(at);
      }
    }
  }
  remove(index: number) {
    this.row.splice(index, 1);
    if (index < this.hand) this.hand -= 1;
    if (this.hand >= this.size) this.hand = 0;
  }
}

const key = fc.constantFrom(...'abcdefghij');
const step = fc.oneof(
  fc.record({ do: fc.constant('get' as const), key }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('set' as const), key, weight: fc.integer({ min: 0, max: MAX_WEIGHT + 2 }) }),
);

describe('Sieve', () => {
  it('does what the model does, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const sieve = new Sieve<number>({ maxEntries: MAX_ENTRIES, maxWeight: MAX_WEIGHT });
        const model = new ModelSieve();
        for (const [value, step] of steps.entries()) {
          if (step.do === 'get') expect(sieve.get(step.key)).toBe(model.get(step.key));
          else if (step.do === 'delete') expect(sieve.delete(step.key)).toBe(model.delete(step.key));
          else {
            sieve.set(step.key, value, step.weight);
            model.set(step.key, value, step.weight);
          }
          expect([sieve.size, sieve.weight]).toEqual([model.size, model.weight]);
        }
        for (const key of 'abcdefghij') expect(sieve.get(key)).toBe(model.get(key));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what is in use through a scan ten times its size', () => {
    const sieve = new Sieve<number>({ maxEntries: 100, maxWeight: 1e9 });
    for (let i = 0; i < 50; i += 1) sieve.set(`used ${i}`, i, 1);
    for (let i = 0; i < 1_000; i += 1) {
      sieve.set(`scanned ${i}`, i, 1);
      sieve.get(`used ${i % 50}`);
    }
    for (let i = 0; i < 50; i += 1) expect(sieve.get(`used ${i}`)).toBe(i);
  });

  it('finds room when everything is in use', () => {
    const sieve = new Sieve<number>({ maxEntries: 3, maxWeight: 1e9 });
    for (const key of ['a', 'b', 'c']) sieve.set(key, 1, 1);
    for (const key of ['a', 'b', 'c']) sieve.get(key);
    sieve.set('d', 1, 1);
    expect([sieve.get('a'), sieve.get('d'), sieve.size]).toEqual([undefined, 1, 3]);
  });

  it('refuses bounds that leave no room, and weights that are none', () => {
    for (const maxEntries of [0, -1, Number.NaN]) {
      expect(() => new Sieve({ maxEntries, maxWeight: 1 })).toThrow(`not ${maxEntries}`);
    }
    expect(() => new Sieve({ maxEntries: 1, maxWeight: Number.NaN })).toThrow(RangeError);
    const sieve = new Sieve<number>({ maxEntries: 1, maxWeight: 1 });
    sieve.set('k', 1, Number.NaN);
    expect([sieve.get('k'), sieve.weight]).toEqual([undefined, 0]);
  });
});
