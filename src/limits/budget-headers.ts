import type { BudgetLevel } from '../ports/limit-store.ts';
import { type Money, nameOfBudget } from './budget-name.ts';
import type { Decided } from './limit-headers.ts';
import type { Meant } from './plan-claims.ts';

/** A budget and how it stands. */
export type BudgetState = readonly [meant: Meant, level: BudgetLevel];

export function budgetStates(decided: readonly Decided[]): BudgetState[] {
  return decided.flatMap(([{ budgets }, decision]) =>
    budgets.flatMap((meant, i): BudgetState[] => {
      const level = decision.budgets[i];
      return level === undefined ? [] : [[meant, level]];
    }),
  );
}

/** Past its soft limit. */
export function isSoftSpent([{ limit, softPercent }, { spent }]: BudgetState): boolean {
  return softPercent !== null && spent >= (limit / 100) * softPercent;
}

/** What the tightest budget has left beside all that is reserved, and which are past their soft limit. */
export function budgetHeaders(states: readonly BudgetState[], money: Money): Record<string, string> {
  if (states.length === 0) return {};
  const left = states.map(([{ limit }, { spent, reserved }]) => Math.max(0, limit - spent - reserved));
  const warnings = states.filter(isSoftSpent).map(([meant, { spent }]) => {
    const percent = Math.floor((spent / meant.limit) * 100);
    return `${percent}% of the ${nameOfBudget(meant, money)} is spent`;
  });
  return {
    'x-llm-edge-budget-remaining-usd': money(Math.min(...left)),
    ...(warnings.length === 0 ? {} : { 'x-llm-edge-budget-warning': warnings.join('; ').slice(0, 1000) }),
  };
}
