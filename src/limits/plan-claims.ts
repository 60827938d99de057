import {
  type BudgetClaim,
  type Claim,
  EVERYONE,
  isTokenRate,
  type RateClaim,
  type SlotClaim,
} from '../domain/claim.ts';
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

/** What calls ask for by a policy. */
export interface ClaimPlanner {
  /** Nothing of what such a principal asks for is limited, whatever it is. */
  isUnlimited(principal: Principal): boolean;
  /** What one call needs: of its tenant, which is always there, and of all together, where there is such a limit. */
  plan(demand: Demand): readonly [PlannedClaim, ...PlannedClaim[]];
}

export function createClaimPlanner(policy: LimitPolicy): ClaimPlanner {
  const everyone = limitTerms('global', null, policy.everyone);
  const models = mapOf(policy.models, (limits, name) => limitTerms('model', name, limits));
  const tenants = mapOf(policy.tenants, tenantTerms);
  const isOpen = isNone(policy.key) && isEmpty(everyone) && models.size === 0;
  /** Of a key and its tenant. A key that was changed is another principal. */
  const holders = new WeakMap<Principal, Terms>();

  function holderOf(principal: Principal): Terms {
    let own = holders.get(principal);
    if (own === undefined) {
      const { tenant, keyId, limits, budgets } = principal;
      own = joined([
        limitTerms('key', keyId, withDefaults(limits, policy.key)),
        budgetTerms('key', keyId, budgets),
        tenants.get(tenant)?.own,
      ]);
      holders.set(principal, own);
    }
    return own;
  }

  function ownTerms({ principal, tags }: Demand): Terms {
    const tagged = tenants.get(principal.tenant)?.tags;
    return joined([holderOf(principal), ...tags.map((tag) => tagged?.get(tag))]);
  }

  return {
    isUnlimited({ tenant, limits, budgets }) {
      return isOpen && budgets.length === 0 && isNone(limits) && !tenants.has(tenant);
    },
    plan(demand) {
      const own = planned(ownTerms(demand), demand.principal.tenant, demand);
      const shared = joined([everyone, ...demand.models.map((model) => models.get(model))]);
      return isEmpty(shared) ? [own] : [own, planned(shared, EVERYONE, demand)];
    },
  };
}

/** A map takes no name for something that every object has. */
function mapOf<V, T>(
  record: Readonly<Record<string, V>>,
  toTerms: (value: V, name: string) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(record).map(([name, value]) => [name, toTerms(value, name)]));
}

function isNone({ rpm, tpm, concurrency }: Limits): boolean {
  return rpm === null && tpm === null && concurrency === null;
}

/** What somebody's calls are held to, whatever the call: parts of claims, and what each of them means, in their order. */
interface Terms {
  /** Of a rate of tokens: what the largest call takes. */
  readonly rates: readonly RateClaim[];
  readonly slots: readonly SlotClaim[];
  readonly budgets: readonly BudgetClaim[];
  readonly meant: Pick<PlannedClaim, 'rates' | 'slots' | 'budgets'>;
}

interface TenantTerms {
  readonly own: Terms;
  readonly tags: ReadonlyMap<string, Terms>;
}

function tenantTerms({ limits, budgets, tagBudgets }: LimitPolicy['tenants'][string]): TenantTerms {
  return {
    own: joined([limitTerms('tenant', null, limits), budgetTerms('tenant', null, budgets)]),
    tags: mapOf(tagBudgets, (all, tag) => budgetTerms('tag', tag, all)),
  };
}

function withDefaults(own: Limits, general: Limits): Limits {
  return {
    rpm: own.rpm ?? general.rpm,
    tpm: own.tpm ?? general.tpm,
    concurrency: own.concurrency ?? general.concurrency,
  };
}

function limitTerms(scope: Scope, name: string | null, { rpm, tpm, concurrency }: Limits): Terms {
  const subject = subjectOf(scope, name);
  const rates: RateClaim[] = [];
  const slots: SlotClaim[] = [];
  const meant: { rates: Meant[]; slots: Meant[]; budgets: Meant[] } = { rates: [], slots: [], budgets: [] };
  const of = { scope, name, period: null, softPercent: null };
  if (rpm !== null) {
    rates.push({ subject: `rpm:${subject}`, limit: rpm, periodMs: MINUTE_MS, cost: 1 });
    meant.rates.push({ ...of, what: 'rpm', limit: rpm });
  }
  if (tpm !== null) {
    rates.push({ subject: `tpm:${subject}`, limit: tpm, periodMs: MINUTE_MS, cost: tpm });
    meant.rates.push({ ...of, what: 'tpm', limit: tpm });
  }
  if (concurrency !== null) {
    slots.push({ subject, limit: concurrency });
    meant.slots.push({ ...of, what: 'concurrency', limit: concurrency });
  }
  return { rates, slots, budgets: [], meant };
}

function budgetTerms(scope: Scope, name: string | null, all: readonly Budget[]): Terms {
  const subject = subjectOf(scope, name);
  const counting = tightest(all);
  const budgets = counting.map(({ usd, period }): BudgetClaim => ({ subject, period, usd }));
  const meant = counting.map(
    ({ usd, period, softPercent }): Meant => ({
      scope,
      name,
      what: 'budget',
      limit: usd,
      period,
      softPercent,
    }),
  );
  return { rates: [], slots: [], budgets, meant: { rates: [], slots: [], budgets: meant } };
}

/** One account a period: of several budgets for the same, the smallest is the one that counts. */
function tightest(budgets: readonly Budget[]): readonly Budget[] {
  return budgets.filter(
    (one, i) =>
      !budgets.some(
        ({ period, usd }, j) => period === one.period && (usd < one.usd || (usd === one.usd && j < i)),
      ),
  );
}

function subjectOf(scope: Scope, name: string | null): string {
  return name === null ? scope : `${scope}:${name}`;
}

/** In their order; one alone is itself, since it is that for most calls. */
function joined(parts: readonly (Terms | undefined)[]): Terms {
  const [first = NO_TERMS, ...others] = parts.filter((terms) => terms !== undefined);
  return others.reduce(join, first);
}

function join(a: Terms, b: Terms): Terms {
  return {
    rates: [...a.rates, ...b.rates],
    slots: [...a.slots, ...b.slots],
    budgets: [...a.budgets, ...b.budgets],
    meant: {
      rates: [...a.meant.rates, ...b.meant.rates],
      slots: [...a.meant.slots, ...b.meant.slots],
      budgets: [...a.meant.budgets, ...b.meant.budgets],
    },
  };
}

const NO_TERMS: Terms = { rates: [], slots: [], budgets: [], meant: { rates: [], slots: [], budgets: [] } };

function isEmpty({ rates, slots, budgets }: Terms): boolean {
  return rates.length + slots.length + budgets.length === 0;
}

function planned(terms: Terms, tenant: string, { id, tokens, hold }: Demand): PlannedClaim {
  const { slots, budgets, meant } = terms;
  const claim: Claim = {
    tenant,
    id,
    rates: terms.rates.map((rate) => (isTokenRate(rate) ? withTokens(rate, tokens) : rate)),
    slots,
    budgets,
    hold: budgets.length === 0 ? 0 : hold,
    leaseMs: LEASE_MS,
    entries: [],
  };
  return { claim, rates: meant.rates, slots: meant.slots, budgets: meant.budgets };
}

/** A call that allows itself more than a minute's tokens takes the whole minute, and is put right when it is over. */
function withTokens({ subject, limit, periodMs }: RateClaim, tokens: number): RateClaim {
  return { subject, limit, periodMs, cost: Math.min(tokens, limit) };
}
