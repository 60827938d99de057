import { describe, expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

describe('RecentMap', () => {
  it('keeps what was used of late, and no more than its bound', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect(map.get('b')).toBeUndefined();
    expect(map.values().toSorted()).toEqual([1, 3]);
  });

  it('takes a new value under an old key for a use', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 10);
    map.set('c', 3);
    expect([map.peek('a'), map.peek('b'), map.peek('c')]).toEqual([10, undefined, 3]);
  });

  it('takes a peek for none', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.peek('a');
    map.set('c', 3);
    expect(map.peek('a')).toBeUndefined();
  });

  it('finds one to go also where all were used', () => {
    const map = new RecentMap<number, number>(3);
    for (const key of [1, 2, 3]) map.getOrMake(key, () => key);
    for (const key of [1, 2, 3]) map.get(key);
    for (const key of [4, 5, 6, 7]) map.getOrMake(key, () => key);
    expect(map.values()).toHaveLength(3);
  });

  it('grows beyond its bound rather than let go of what may not', () => {
    const map = new RecentMap<string, number>(2, (value) => value > 2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('c', 3);
    map.set('d', 4);
    expect(map.values().toSorted()).toEqual([1, 2, 4]);
  });
});
