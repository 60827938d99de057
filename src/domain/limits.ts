import type { NanoUsd } from './usage.ts';

/** What somebody may take at a time; null: no limit. */
export interface Limits {
  /** Requests a minute. */
  readonly rpm: number | null;
  /** Tokens a minute, input and output together. */
  readonly tpm: number | null;
  /** Calls under way at the same time. */
  readonly concurrency: number | null;
}

/** Calendar periods in UTC; a week begins on Monday. */
export type BudgetPeriod = 'day' | 'week' | 'month' | 'total';

/** What somebody may spend. */
export interface Budget {
  /** Above 0. */
  readonly usd: NanoUsd;
  readonly period: BudgetPeriod;
  /** Share of it, from 1 to 100, from which on answers carry a warning; null: never. */
  readonly softPercent: number | null;
}

export const NO_LIMITS: Limits = { rpm: null, tpm: null, concurrency: null };

/** Limits and budgets beside those of keys. */
export interface LimitPolicy {
  /** Of each key that has none of its own. */
  readonly key: Limits;
  /** Of all keys together. */
  readonly everyone: Limits;
  readonly tenants: Readonly<Record<string, TenantLimits>>;
  /** Of all keys together, by the name that clients use, or `provider/model`. */
  readonly models: Readonly<Record<string, Limits>>;
}

export interface TenantLimits {
  readonly limits: Limits;
  readonly budgets: readonly Budget[];
  /** By `name=value`. */
  readonly tagBudgets: Readonly<Record<string, readonly Budget[]>>;
}
