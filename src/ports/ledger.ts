import type { NanoUsd, Usage } from '../domain/usage.ts';

/** What one attempt used and cost. Settling the same attempt id again changes nothing. */
export interface LedgerEntry {
  readonly attemptId: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly usage: Usage | null;
  /** null: no price is known, which is not the same as free. */
  readonly cost: NanoUsd | null;
}

export interface LedgerTotals {
  readonly attempts: number;
  readonly unpriced: number;
  readonly cost: NanoUsd;
}

export interface Ledger {
  settle(entry: LedgerEntry): Promise<void>;
  /** Sums over the entries of a tenant with `from <= at < to`. */
  totals(tenant: string, from: number, to: number): Promise<LedgerTotals>;
}
