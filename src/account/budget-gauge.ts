import type { Metrics } from '../ports/metrics.ts';
import { METRICS } from './instruments.ts';
import type { TenantLabel } from './tenants.ts';

/** Shows how much of a budget was spent when a call was admitted: 1 is all of it. */
export type ShowBudget = (tenant: string, scope: string, share: number) => void;

/** Of several budgets of one scope the last that was asked shows; alerts look at the highest of some minutes. */
export function createShowBudget(metrics: Pick<Metrics, 'set'>, tenantLabel: TenantLabel): ShowBudget {
  return (tenant, scope, share) => metrics.set(METRICS.budgetUsed, share, [tenantLabel(tenant), scope]);
}
