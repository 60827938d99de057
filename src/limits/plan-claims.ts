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
  const terms = policyTerms(policy);
  const own = planned(ownTerms(policy, terms, demand), demand.principal.tenant, demand);
  const shared = sharedTerms(terms, demand.models);
  return isEmpty(shared) ? [own] : [own, planned(shared, EVERYONE, demand)];
}

/** What somebody's calls are held to, whatever the call: parts of claims, and what each of them means, in their order. */
interface Terms {
  /** Of a rate of tokens: what the largest call takes. */
  readonly rates: readonly RateClaim[];
  readonly slots: readonly SlotClaim[];
  readonly budgets: readonly BudgetClaim[];
  readonly meant: Pick<PlannedClaim, 'rates' | 'slots' | 'budgets'>;
}

/** Worked out once, since every call asks for it. */
interface PolicyTerms {
  readonly everyone: Terms;
  readonly models: ReadonlyMap<string, Terms>;
  /** Of a key and its tenant. A key that was changed is another principal. */
  readonly holders: WeakMap<Principal, Terms>;
}

const known = new WeakMap<LimitPolicy, PolicyTerms>();

function policyTerms(policy: LimitPolicy): PolicyTerms {
  const last = known.get(policy);
  if (last !== undefined) return last;
  const models = new Map<string, Terms>();
  for (const [model, limits] of Object.entries(policy.models))
    models.set(model, limitTerms('model', model, limits));
  const terms = { everyone: limitTerms('global', null, policy.everyone), models, holders: new WeakMap() };
  known.set(policy, terms);
  return terms;
}

function ownTerms(policy: LimitPolicy, { holders }: PolicyTerms, { principal, tags }: Demand): Terms {
  let own = holders.get(principal);
  if (own === undefined) {
    own = holderTerms(policy, principal);
    holders.set(principal, own);
  }
  const tenant = policy.tenants[principal.tenant];
  if (tenant === undefined) return own;
  for (const tag of tags) {
    const budgets = tenant.tagBudgets[tag];
    if (budgets !== undefined) own = join(own, budgetTerms('tag', tag, budgets));
  }
  return own;
}

function holderTerms(policy: LimitPolicy, { tenant: name, keyId, limits, budgets }: Principal): Terms {
  const key = join(
    limitTerms('key', keyId, withDefaults(limits, policy.key)),
    budgetTerms('key', keyId, budgets),
  );
  const tenant = policy.tenants[name];
  if (tenant === undefined) return key;
  return join(
    key,
    join(limitTerms('tenant', null, tenant.limits), budgetTerms('tenant', null, tenant.budgets)),
  );
}

function sharedTerms({ everyone, models }: PolicyTerms, names: readonly string[]): Terms {
  let shared = everyone;
  for (const name of names) {
    const model = models.get(name);
    if (model !== undefined) shared = join(shared, model);
  }
  return shared;
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
