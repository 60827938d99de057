import type { Facts } from './facts.ts';

/** Why two questions may not share an answer, however near their vectors are. */
export type GuardReason =
  | 'numbers'
  | 'quotes'
  | 'signs'
  | 'payload'
  | 'negations'
  | 'turning'
  | 'units'
  | 'question'
  | 'names'
  | 'order'
  | 'words';

const EQUAL = [
  'numbers',
  'quotes',
  'signs',
  'payload',
  'negations',
  'turning',
  'units',
  'question',
] as const satisfies readonly GuardReason[];

/** Null: nothing speaks against it but what the vectors may say. The order of the two does not matter. */
export function refusal(a: Facts, b: Facts): GuardReason | null {
  const unequal = EQUAL.find((part) => !isSame(a[part], b[part]));
  if (unequal !== undefined) return unequal;
  const [inA, inB] = [new Set(a.words), new Set(b.words)];
  if (!isAmong(a.names, inB) || !isAmong(b.names, inA)) return 'names';
  const shared = a.words.filter((word) => inB.has(word));
  // "from Paris to Rome" and "from Rome to Paris" have the same words and vectors that are nearly one.
  if (
    !isSame(
      shared,
      b.words.filter((word) => inA.has(word)),
    )
  )
    return 'order';
  return sharesEnough(a, b, shared) ? null : 'words';
}

/**
 * One may say a word more than the other, but none in the place of another: "fry chicken" and "roast chicken" are near as
 * well. Where one word more is lost in many, not even that.
 */
function sharesEnough(a: Facts, b: Facts, shared: readonly number[]): boolean {
  const [fewer, more] = [Math.min(a.words.length, b.words.length), Math.max(a.words.length, b.words.length)];
  const spare = a.strict || b.strict ? 0 : 1;
  return shared.length >= fewer && more - fewer <= spare && fewer > 0;
}

function isAmong(list: readonly number[], words: ReadonlySet<number>): boolean {
  return list.every((word) => words.has(word));
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
