import type { NanoUsd } from '../domain/usage.ts';

/** Sums over entries. Money in nano-dollars. */
export interface LedgerSums {
  readonly attempts: number;
  /** Attempts without a known price. */
  readonly unpriced: number;
  /** Attempts whose usage the gateway estimated. */
  readonly estimated: number;
  readonly cost: NanoUsd;
  readonly saved: NanoUsd;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The sums in the order in which stores keep them. */
export const SUM_NAMES = [
  'attempts',
  'unpriced',
  'estimated',
  'cost',
  'saved',
  'input',
  'cacheRead',
  'cacheWrite',
  'output',
  'reasoning',
] as const satisfies readonly (keyof LedgerSums)[];

export type MutableSums = { -readonly [K in keyof LedgerSums]: number };

/** Of no entries, to be added to. */
export function noSums(): MutableSums {
  return {
    attempts: 0,
    unpriced: 0,
    estimated: 0,
    cost: 0,
    saved: 0,
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    reasoning: 0,
  };
}

/** All that a key did in a day with one model and one set of tags. */
export interface LedgerRow extends LedgerSums {
  /** Days (UTC) since the epoch. */
  readonly day: number;
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly tags: readonly string[];
}

/** What was used, to read; it is written by `LimitStore.settle`, together with budgets. */
export interface Ledger {
  /** The rows of a tenant with `fromDay <= day < toDay`, in no order. */
  rows(tenant: string, fromDay: number, toDay: number): Promise<readonly LedgerRow[]>;
  /** Tenants that were ever entered or ever claimed something, in no order. */
  tenants(): Promise<readonly string[]>;
}
