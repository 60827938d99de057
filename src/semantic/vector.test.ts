import { describe, expect, it } from 'vitest';
import { similarity, unitVector } from './vector.ts';

describe('a unit vector', () => {
  it('has the direction of the numbers and length 1', () => {
    expect(Array.from(unitVector([3, 4]) ?? [])).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
    expect(Array.from(unitVector([1e200, 0]) ?? [])).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['zeros', [0, 0]],
    ['what is no number', [1, '2']],
    ['NaN', [1, Number.NaN]],
    ['infinity', [1, Number.POSITIVE_INFINITY]],
    ['more dimensions than any model has', new Array(8_193).fill(1)],
  ])('is not made of %s', (_, values) => {
    expect(unitVector(values)).toBeNull();
  });
});

describe('the similarity of two vectors', () => {
  it('is the cosine of their angle', () => {
    const [a, b] = [unitVector([1, 0]), unitVector([1, 1])];
    expect(a && b && similarity(a, b)).toBeCloseTo(Math.SQRT1_2);
  });

  it('is the least there is where they do not compare', () => {
    expect(similarity(new Float32Array([1]), new Float32Array([1, 0]))).toBe(-1);
  });
});
