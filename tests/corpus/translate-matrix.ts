import type { Case, Inexpressible } from './translate-cases.ts';

/** What became of the recordings of a pair, as it is committed beside this file. */
export interface PairResult {
  readonly recordings: number;
  readonly passed: number;
  readonly failed: number;
  /** How often the client's dialect lacked which words. */
  readonly notExpressible: Readonly<Record<string, number>>;
  /** `passed/tried` by what the corpus says is in a recording; what could not be expressed was not tried. */
  readonly features: Readonly<Record<string, string>>;
}

/** By `client → provider`. */
export type Matrix = Readonly<Record<string, PairResult>>;

export function pairOf({ client, provider }: Case | Inexpressible): string {
  return `${client} → ${provider === 'generate_content' ? 'gemini' : provider}`;
}

export function matrixOf(tried: readonly (Case | Inexpressible)[], failed: ReadonlySet<Case>): Matrix {
  const pairs = Map.groupBy(tried, pairOf);
  const results = [...pairs].map(([pair, cases]) => [pair, resultOf(cases, failed)] as const);
  return Object.fromEntries(results.toSorted(([a], [b]) => a.localeCompare(b)));
}

function resultOf(cases: readonly (Case | Inexpressible)[], failed: ReadonlySet<Case>): PairResult {
  const asked = cases.filter((one) => 'body' in one);
  const unasked = cases.filter((one) => 'reasons' in one);
  const features = new Set(asked.flatMap((one) => one.features));
  const faults = asked.filter((one) => failed.has(one));
  return {
    recordings: cases.length,
    passed: asked.length - faults.length,
    failed: faults.length,
    notExpressible: counted(
      unasked.flatMap(({ reasons }) => [reasons.join(' ').replaceAll(/\[\d+\]/g, '[…]')]),
    ),
    features: Object.fromEntries(
      [...features].toSorted().map((feature) => {
        const having = asked.filter((one) => one.features.includes(feature));
        return [feature, `${having.filter((one) => !failed.has(one)).length}/${having.length}`];
      }),
    ),
  };
}

function counted(reasons: readonly string[]): Record<string, number> {
  const groups = [...Map.groupBy(reasons, (reason) => reason)];
  return Object.fromEntries(groups.map(([reason, all]) => [reason, all.length] as const).toSorted());
}
