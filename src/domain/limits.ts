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
