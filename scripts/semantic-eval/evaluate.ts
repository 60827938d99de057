import { questionOf } from '../../src/semantic/eligible.ts';
import { factsOf } from '../../src/semantic/facts.ts';
import { refusal } from '../../src/semantic/guard.ts';
import { similarity } from '../../src/semantic/vector.ts';
import type { Pair } from './pairs.ts';

/** What a threshold would have done. */
export interface Outcome {
  /** Of the pairs that share an answer, the part that would have been hits. */
  readonly hitRate: number;
  /** Of the pairs that share none, the part that would have been hits all the same. */
  readonly falseHitRate: number;
  /** Of all hits, the part that is wrong; what it is for users depends on how many pairs of each kind they ask. */
  readonly wrongShare: number;
}

export interface Row {
  readonly threshold: number;
  readonly bare: Outcome;
  /** With the rules of eligibility and the guard, as the gateway does it. */
  readonly guarded: Outcome;
}

export interface Evaluation {
  readonly same: number;
  readonly different: number;
  /** Pairs of which one text at least is never compared by the gateway. */
  readonly ineligible: number;
  readonly rows: readonly Row[];
}

/** 0.80 to 0.99. */
export const THRESHOLDS: readonly number[] = Array.from({ length: 20 }, (_, at) => (80 + at) / 100);

interface Judged {
  readonly same: boolean;
  readonly similarity: number;
  readonly passes: boolean;
}

/** @param vectorOf of length 1, for every text of the pairs */
export function evaluate(
  pairs: readonly Pair[],
  vectorOf: (text: string) => Float32Array,
  thresholds: readonly number[] = THRESHOLDS,
): Evaluation {
  const judged = pairs.map(({ a, b, same }): Judged & { readonly eligible: boolean } => {
    const eligible = isEligible(a) && isEligible(b);
    const passes = eligible && refusal(factsOf(a), factsOf(b)) === null;
    return { same, eligible, passes, similarity: similarity(vectorOf(a), vectorOf(b)) };
  });
  return {
    same: judged.filter(({ same }) => same).length,
    different: judged.filter(({ same }) => !same).length,
    ineligible: judged.filter(({ eligible }) => !eligible).length,
    rows: thresholds.map((threshold) => {
      const near = judged.filter((pair) => pair.similarity >= threshold);
      const guarded = near.filter(({ passes }) => passes);
      return { threshold, bare: outcome(near, judged), guarded: outcome(guarded, judged) };
    }),
  };
}

function isEligible(text: string): boolean {
  return questionOf({ messages: [{ role: 'user', content: [{ type: 'text', text }] }], tools: [] }) !== null;
}

function outcome(hits: readonly Judged[], all: readonly Judged[]): Outcome {
  const right = hits.filter(({ same }) => same).length;
  const wrong = hits.length - right;
  const same = all.filter((pair) => pair.same).length;
  return {
    hitRate: share(right, same),
    falseHitRate: share(wrong, all.length - same),
    wrongShare: share(wrong, hits.length),
  };
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}

/** The evaluation as text for a terminal. */
export function report({ same, different, ineligible, rows }: Evaluation): string {
  const percent = (value: number) => `${(100 * value).toFixed(2)}%`.padStart(9);
  const cells = (one: Outcome) => [one.hitRate, one.falseHitRate, one.wrongShare].map(percent).join('');
  return [
    `${same} pairs that share an answer, ${different} that do not; in ${ineligible} of them the gateway compares nothing.`,
    '',
    '           vectors alone                with rules and guard',
    'threshold     hits    false    wrong       hits    false    wrong',
    ...rows.map(
      ({ threshold, bare, guarded }) => `${threshold.toFixed(2)}     ${cells(bare)}  ${cells(guarded)}`,
    ),
    '',
    'hits: of the pairs that share an answer. false: of those that do not. wrong: of all hits.',
  ].join('\n');
}
