import type { Claim } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { NanoUsd } from '../domain/usage.ts';

/** One rate to hold: at most `limit` per `periodMs`, spread evenly, with a burst of the whole limit. */
export interface RateRule {
  readonly tenant: string;
  /** What is limited inside the tenant, e.g. `rpm:KEYID`. */
  readonly subject: string;
  readonly limit: number;
  readonly periodMs: number;
}

export interface RateLevel {
  /** Whole units left right now. */
  readonly remaining: number;
  /** Milliseconds until the limit is whole again. */
  readonly resetMs: number;
}

export interface RateDecision extends RateLevel {
  readonly allowed: boolean;
  /** Milliseconds until the same take would pass; 0 when allowed. */
  readonly retryAfterMs: number;
}

export interface BudgetLevel {
  readonly spent: NanoUsd;
  /** By all calls under way, this one included. */
  readonly reserved: NanoUsd;
}

export interface ClaimDecision {
  /** Null: granted. `index`: in the claim's list of that kind. */
  readonly refusal: {
    readonly kind: 'rate' | 'slot' | 'budget';
    readonly index: number;
    /** 0: not known. */
    readonly retryAfterMs: number;
  } | null;
  /** As they stand after the decision, in the order of the claim. */
  readonly rates: readonly RateLevel[];
  readonly budgets: readonly BudgetLevel[];
  /** Some call of the tenant was never settled and waits for a sweep. */
  readonly overdue: boolean;
}

export interface Settlement {
  readonly claim: Claim;
  /** What the call took of each of the claim's rates in the end, in its order. */
  readonly taken: readonly number[];
  /** Each is entered once, whatever is said of its id later. */
  readonly entries: readonly LedgerEntry[];
  /** By a sweep: if the call was not dead after all, its own settlement puts right what this one said. */
  readonly orphan: boolean;
}

/**
 * Limits and budgets. Every decision is atomic. The time is the store's own, so that clocks of processes may differ. Drivers
 * of remote stores reject with a `StoreFault`, at the latest when their deadline is over; what was rejected may have
 * happened all the same, and may be said again.
 */
export interface LimitStore {
  /** Generic cell rate algorithm (GCRA). */
  take(rule: RateRule, cost: number): Promise<RateDecision>;
  claim(claim: Claim): Promise<ClaimDecision>;
  /**
   * The call goes on: its lease begins anew, its entries replace those noted before, and its hold becomes `claim.hold`.
   * False: the budgets have no room for a larger hold, and it stays as it was. `force` makes the room. A claim that was never made is made, without its rates.
   */
  note(claim: Claim, force: boolean): Promise<boolean>;
  /** Ends the claim, if it stands, and enters what the call used, in the ledger and in the claim's budgets. */
  settle(settlement: Settlement): Promise<void>;
  /** Claims whose lease is over, the oldest first, with the hold and the entries noted last. */
  overdue(tenant: string, atMost: number): Promise<readonly Claim[]>;
}
