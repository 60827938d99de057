import type { NanoUsd } from './usage.ts';

/** What may be used in a time; null: no limit of this kind. */
export interface Limits {
  /** Requests per minute. */
  readonly rpm: number | null;
  /** Tokens per minute, input and output together. */
  readonly tpm: number | null;
  /** Calls under way at the same time. */
  readonly concurrency: number | null;
}

/** Money that may be spent in a period (UTC). */
export interface Budget {
  readonly usd: NanoUsd;
  readonly period: 'day' | 'week' | 'month' | 'total';
  /** From this share of it on, in percent, it is said that it is running out. */
  readonly softPercent: number;
}
