import { describe, expect, it } from 'vitest';
import { equalInConstantTime } from './equal.ts';
import { newKey, newKeyId } from './new-key.ts';

describe('a new key', () => {
  it('has 256 random bits, every letter as likely as the others', () => {
    const keys = Array.from({ length: 2_000 }, () => newKey().key);
    expect(new Set(keys).size).toBe(2_000);
    const counts = new Map<string, number>();
    for (const key of keys) {
      expect(key).toMatch(/^lek_[0-9A-Za-z]{43}$/);
      for (const letter of key.slice(4)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (2_000 * 43) / 62;
    expect(counts.size).toBe(62);
    // Six standard deviations: once in a hundred million runs.
    for (const count of counts.values())
      expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('shows four letters of it', () => {
    const { key, hint } = newKey();
    expect(hint).toBe(key.slice(0, 8));
  });

  it('has an id that sorts by its time', () => {
    const ids = [0, 1, 1.7e12, 1.8e12, 9e12].map(newKeyId);
    expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^key_[0-9a-z]{9}[0-9A-Za-z]{12}$/);
  });
});

it.each([
  ['', '', true],
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'ab', false],
  ['ab', 'aB', false],
])('%j and %j in constant time: %j', (a, b, equal) => expect(equalInConstantTime(a, b)).toBe(equal));
