import { periodOf } from '../domain/period.ts';
import type { Clock } from '../ports/clock.ts';
import type { LimitStore } from '../ports/limit-store.ts';
import type { Logger } from '../ports/logger.ts';
import { type BudgetState, isSoftSpent } from './budget-headers.ts';
import type { Money } from './budget-name.ts';
import type { PostWebhook } from './webhook.ts';

export interface AlertDeps {
  readonly clock: Clock;
  readonly limits: Pick<LimitStore, 'take'>;
  readonly logger: Logger;
  readonly money: Money;
  /** Null: nobody is to be told. */
  readonly post: PostWebhook | null;
}

/** Tells of budgets past their soft limit. Null: there is nothing to tell; else it never rejects. */
export type AlertBudgets = (tenant: string, states: readonly BudgetState[]) => Promise<void> | null;

/** Names that this process told of, so that it need not ask the store again. */
const MAX_TOLD = 10_000;
/** Longer than any period but `total`, which is told of once a year. */
const YEAR_MS = 366 * 86_400_000;

/** One alert for a budget and period, whatever process sees it first. */
export function createAlert({ clock, limits, logger, money, post }: AlertDeps): AlertBudgets {
  const told = new Set<string>();

  async function tell(tenant: string, name: string, [meant, level]: BudgetState): Promise<void> {
    const once = { tenant, subject: `alert:${name}`, limit: 1, periodMs: YEAR_MS };
    try {
      if (!(await limits.take(once, 1)).allowed) return;
      const { scope, period, limit, softPercent } = meant;
      logger.log('warn', 'budget past its soft limit', { tenant, scope, name: meant.name ?? undefined });
      await post?.({
        type: 'budget.soft_limit',
        tenant,
        scope,
        name: meant.name,
        period,
        soft_percent: softPercent,
        limit_usd: money(limit),
        spent_usd: money(level.spent),
        at: new Date(clock.now()).toISOString(),
      });
    } catch (error) {
      told.delete(`${tenant} ${name}`);
      logger.log('warn', 'budget alert failed', { tenant, error: String(error) });
    }
  }

  return function alertBudgets(tenant, states) {
    const due = states.filter(isSoftSpent).flatMap((state) => {
      const [{ scope, name, period, softPercent }] = state;
      const begun = periodOf(period ?? 'total', clock.now());
      const id = [scope, name ?? '', period, begun, softPercent].join(':');
      if (told.has(`${tenant} ${id}`)) return [];
      if (told.size >= MAX_TOLD) told.clear();
      told.add(`${tenant} ${id}`);
      return [tell(tenant, id, state)];
    });
    return due.length === 0 ? null : Promise.all(due).then(() => {});
  };
}
