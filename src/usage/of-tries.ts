import type { AttemptRecord } from '../domain/record.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';
import { sumOfUsage } from './sum.ts';

/** What a request cost; null: of one of its attempts it is not known, or not yet. */
export function costOfTries(tries: readonly AttemptRecord[]): NanoUsd | null {
  let sum = 0;
  for (const { cost } of tries) {
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

/** What a request used, over all its attempts; null: nothing that is known of. */
export function usageOfTries(tries: readonly AttemptRecord[]): Usage | null {
  const known = tries.flatMap(({ usage }) => (usage === null ? [] : [usage]));
  return known.length === 0 ? null : known.reduce(sumOfUsage);
}
