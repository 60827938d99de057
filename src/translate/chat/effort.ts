import type { Effort, ReasoningSettings } from '../hub/conversation.ts';

/** Budgets from which on an effort is meant, in tokens. The smallest budget of all (1024) is `low`: few models know `minimal`. */
const BUDGETS: readonly (readonly [from: number, effort: Effort])[] = [
  [10_000, 'high'],
  [5_000, 'medium'],
  [0, 'low'],
];

/** `reasoning_effort`; undefined where the client leaves the amount to the model or says nothing of it. */
export function effortOf({ effort, budgetTokens }: ReasoningSettings): Effort | undefined {
  if (effort !== undefined || budgetTokens === undefined) return effort;
  return BUDGETS.find(([from]) => budgetTokens >= from)?.[1];
}
