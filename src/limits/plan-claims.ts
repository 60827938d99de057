import { type BudgetClaim, type Claim, EVERYONE, type RateClaim, type SlotClaim } from '../domain/claim.ts';
import type { Budget, BudgetPeriod, LimitPolicy, Limits } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';
import type { NanoUsd } from '../domain/usage.ts';

/** Whose limit it is. */
export type Scope = 'key' | 'tenant' | 'tag' | 'model' | 'global';

/** What is asked for, in the terms of who set it. */
export interface Meant {
  readonly scope: Scope;
  readonly what: 'rpm' | 'tpm' | 'concurrency' | 'budget';
  readonly limit: number;
  /** The tag or the model. */
  readonly name: string | null;
  readonly period: BudgetPeriod | null;
  readonly softPercent: number | null;
}

/** A claim, and what each of its parts means, in their order. */
export interface PlannedClaim {
  readonly claim: Claim;
  readonly rates: readonly Meant[];
  readonly slots: readonly Meant[];
  readonly budgets: readonly Meant[];
}

export interface Demand {
  readonly principal: Principal;
  /** Names the call. */
  readonly id: string;
  /** By any of its names; empty: none. */
  readonly models: readonly string[];
  readonly tags: readonly string[];
  readonly tokens: number;
  /** The most that it may cost, as far as prices are known. */
  readonly hold: NanoUsd;
}

/** A call that nothing was heard of for so long is dead. Notes come three times as often. */
export const LEASE_MS = 30_000;
const MINUTE_MS = 60_000;

/** Nothing of what such a principal asks for is limited, whatever it is. */
export function isUnlimited(policy: LimitPolicy, { tenant, limits, budgets }: Principal): boolean {
  return (
    policy.tenants[tenant] === undefined &&
    budgets.length === 0 &&
    [policy.key, policy.everyone, limits].every(isNone) &&
    Object.keys(policy.models).length === 0
  );
}

function isNone({ rpm, tpm, concurrency }: Limits): boolean {
  return rpm === null && tpm === null && concurrency === null;
}

/** What one call needs: of its tenant, which is always there, and of all together, where there is such a limit. */
export function planClaims(policy: LimitPolicy, demand: Demand): readonly [PlannedClaim, ...PlannedClaim[]] {
  const { principal, id, tokens, hold } = demand;
  const own = new Draft(principal.tenant, id, tokens, hold);
  own.limit('key', principal.keyId, withDefaults(principal.limits, policy.key));
  own.budget('key', principal.keyId, principal.budgets);
  const tenant = policy.tenants[principal.tenant];
  if (tenant !== undefined) {
    own.limit('tenant', null, tenant.limits);
    own.budget('tenant', null, tenant.budgets);
    for (const tag of demand.tags) own.budget('tag', tag, tenant.tagBudgets[tag] ?? []);
  }
  const all = new Draft(EVERYONE, id, tokens, 0);
  all.limit('global', null, policy.everyone);
  for (const model of demand.models) {
    const limits = policy.models[model];
    if (limits !== undefined) all.limit('model', model, limits);
  }
  return all.isEmpty ? [own.planned()] : [own.planned(), all.planned()];
}

function withDefaults(own: Limits, general: Limits): Limits {
  return {
    rpm: own.rpm ?? general.rpm,
    tpm: own.tpm ?? general.tpm,
    concurrency: own.concurrency ?? general.concurrency,
  };
}

/** One account a period: of several budgets for the same, the smallest is the one that counts. */
function tightest(budgets: readonly Budget[]): readonly Budget[] {
  if (budgets.length < 2) return budgets;
  return budgets.filter(
    (one, i) =>
      !budgets.some(
        ({ period, usd }, j) => period === one.period && (usd < one.usd || (usd === one.usd && j < i)),
      ),
  );
}

class Draft {
  readonly #tenant: string;
  readonly #id: string;
  readonly #tokens: number;
  readonly #hold: NanoUsd;
  readonly #claims: { rates: RateClaim[]; slots: SlotClaim[]; budgets: BudgetClaim[] };
  readonly #meant: { rates: Meant[]; slots: Meant[]; budgets: Meant[] };

  constructor(tenant: string, id: string, tokens: number, hold: NanoUsd) {
    this.#tenant = tenant;
    this.#id = id;
    this.#tokens = tokens;
    this.#hold = hold;
    this.#claims = { rates: [], slots: [], budgets: [] };
    this.#meant = { rates: [], slots: [], budgets: [] };
  }

  get isEmpty(): boolean {
    const { rates, slots, budgets } = this.#claims;
    return rates.length + slots.length + budgets.length === 0;
  }

  limit(scope: Scope, name: string | null, { rpm, tpm, concurrency }: Limits): void {
    const subject = name === null ? scope : `${scope}:${name}`;
    const meant = { scope, name, period: null, softPercent: null };
    if (rpm !== null) {
      this.#claims.rates.push({ subject: `rpm:${subject}`, limit: rpm, periodMs: MINUTE_MS, cost: 1 });
      this.#meant.rates.push({ ...meant, what: 'rpm', limit: rpm });
    }
    if (tpm !== null) {
      // A call that allows itself more than a minute's tokens takes the whole minute, and is put right when it is over.
      const cost = Math.min(this.#tokens, tpm);
      this.#claims.rates.push({ subject: `tpm:${subject}`, limit: tpm, periodMs: MINUTE_MS, cost });
      this.#meant.rates.push({ ...meant, what: 'tpm', limit: tpm });
    }
    if (concurrency !== null) {
      this.#claims.slots.push({ subject, limit: concurrency });
      this.#meant.slots.push({ ...meant, what: 'concurrency', limit: concurrency });
    }
  }

  budget(scope: Scope, name: string | null, budgets: readonly Budget[]): void {
    const subject = name === null ? scope : `${scope}:${name}`;
    for (const { usd, period, softPercent } of tightest(budgets)) {
      this.#claims.budgets.push({ subject, period, usd });
      this.#meant.budgets.push({ scope, name, what: 'budget', limit: usd, period, softPercent });
    }
  }

  planned(): PlannedClaim {
    const hold = this.#claims.budgets.length === 0 ? 0 : this.#hold;
    const claim = {
      tenant: this.#tenant,
      id: this.#id,
      ...this.#claims,
      hold,
      leaseMs: LEASE_MS,
      entries: [],
    };
    return { claim, ...this.#meant };
  }
}
