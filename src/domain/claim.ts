import type { LedgerEntry } from './ledger-entry.ts';
import type { BudgetPeriod } from './limits.ts';
import type { NanoUsd } from './usage.ts';

/** Units of a rate that one call takes, at least 0. */
export interface RateClaim {
  /** What is limited inside the tenant, e.g. `rpm:key:KEYID`. */
  readonly subject: string;
  readonly limit: number;
  readonly periodMs: number;
  readonly cost: number;
}

/** Rates of tokens are put right when it is known what was used. */
export function isTokenRate({ subject }: RateClaim): boolean {
  return subject.startsWith('tpm:');
}

/** One of the calls that may be under way at the same time. */
export interface SlotClaim {
  readonly subject: string;
  readonly limit: number;
}

/** A budget that the call's cost goes to. */
export interface BudgetClaim {
  readonly subject: string;
  readonly period: BudgetPeriod;
  readonly usd: NanoUsd;
}

/**
 * Whom a claim belongs to where that is no single tenant. No tenant can have this name; what is counted under it
 * lies together, apart from all tenants.
 */
export const EVERYONE = '*';

/** What one call needs of the limits of one tenant (or of `EVERYONE`). It is granted as a whole or not at all. */
export interface Claim {
  readonly tenant: string;
  /** Names the call in the tenant; a claim that is made again under its name is granted, and changes nothing. */
  readonly id: string;
  readonly rates: readonly RateClaim[];
  readonly slots: readonly SlotClaim[];
  readonly budgets: readonly BudgetClaim[];
  /** Kept free in each of the budgets, until the call is settled. */
  readonly hold: NanoUsd;
  /** How long it stands without a note: after that its slots are free and it is overdue. */
  readonly leaseMs: number;
  /** What is entered into the ledger if nobody ever settles it. */
  readonly entries: readonly LedgerEntry[];
}

/** A claim of nothing: for a call that nothing limits, and for what goes into the ledger alone. */
export function bareClaim(tenant: string, id: string, leaseMs = 0): Claim {
  return { tenant, id, rates: [], slots: [], budgets: [], hold: 0, leaseMs, entries: [] };
}

/** It asks for nothing, so no store was asked. */
export function isBare({ rates, slots, budgets }: Claim): boolean {
  return rates.length + slots.length + budgets.length === 0;
}

/** What a call holds of its limits until it is settled. */
export interface Custody {
  /** The tenant's own first. */
  readonly claims: readonly [Claim, ...Claim[]];
  /** A provider is called: from now on the stores hear of the call now and then. */
  wake(): void;
  /** Resolves when the stores are told nothing more of the call but its end. */
  stop(): Promise<void>;
}
