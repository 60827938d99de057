import type { BudgetPeriod } from '../src/domain/limits.ts';
import { escapePart } from './key-part.ts';

/** Tenants that have any of the keys below. */
export const TENANTS_KEY = 'le:tenants';

/** Of the keys of single calls, up to the name of the call. */
const CALL = 'b:call:';

/** The names of what a tenant's limits, budgets and usage are kept under. The braces tie them to one slot of a cluster. */
export interface LimitKeys {
  readonly rate: (subject: string) => string;
  readonly slot: (subject: string) => string;
  readonly budget: (subject: string, period: BudgetPeriod) => string;
  /** Calls by the end of their lease. */
  readonly due: string;
  readonly call: (id: string) => string;
  /** What `call` puts before the id. */
  readonly callPrefix: string;
  readonly marker: (entryId: string) => string;
  readonly day: (day: number) => string;
}

export function limitKeys(tenant: string): LimitKeys {
  const own = `le:{${escapePart(tenant)}}:`;
  return {
    rate: (subject) => `${own}l:r:${escapePart(subject)}`,
    slot: (subject) => `${own}l:c:${escapePart(subject)}`,
    budget: (subject, period) => `${own}b:${period}:${escapePart(subject)}`,
    due: `${own}b:due`,
    callPrefix: own + CALL,
    call: (id) => own + CALL + id,
    marker: (entryId) => `${own}u:e:${escapePart(entryId)}`,
    day: (day) => `${own}u:d:${day}`,
  };
}
