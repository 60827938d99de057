import type { NanoUsd, Usage } from './usage.ts';

/** What one attempt used and cost, or what an answer from the cache saved. Entered once by its id. */
export interface LedgerEntry {
  /** Of the attempt; of the request, where there was none. */
  readonly id: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch: the day (UTC) it is counted in. */
  readonly at: number;
  /** False: a provider was not called. */
  readonly isAttempt: boolean;
  readonly usage: Usage | null;
  /** null: no price is known, which is not the same as free. */
  readonly cost: NanoUsd | null;
  /** What the same answer would have cost without the cache. */
  readonly saved: NanoUsd;
}
