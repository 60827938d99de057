import type { Effort, ReasoningSettings } from './conversation.ts';

/**
 * How hard to think, on OpenAI's scale; undefined where the client leaves it to the model. Budgets become efforts at the
 * thresholds that LiteLLM made common; `low` is the least that every reasoning model takes.
 */
export function effortOf({ effort, budgetTokens }: ReasoningSettings): Effort | undefined {
  return effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
}

/** @param budgetTokens Anthropic's `budget_tokens`, Gemini's `thinkingBudget` */
export function effortOfBudget(budgetTokens: number): 'low' | 'medium' | 'high' {
  if (budgetTokens >= 10_000) return 'high';
  return budgetTokens >= 5_000 ? 'medium' : 'low';
}
