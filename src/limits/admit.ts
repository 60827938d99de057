import type { Call } from '../domain/call.ts';
import { bareClaim, type Claim, isBare } from '../domain/claim.ts';
import type { ErrorDialect } from '../domain/dialect.ts';
import type { LimitPolicy } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';
import type { Target } from '../domain/provider.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimDecision, LimitStore } from '../ports/limit-store.ts';
import { type BudgetState, budgetHeaders, budgetStates } from './budget-headers.ts';
import type { Money } from './budget-name.ts';
import { expectedUsage, type UsualOutput } from './expected.ts';
import { type Decided, limitHeaders } from './limit-headers.ts';
import { createClaimPlanner, type Demand, LEASE_MS, type PlannedClaim } from './plan-claims.ts';
import { labelOf, refusalError, refusedBy } from './refusal.ts';

declare const admitted: unique symbol;

/** Proof that a call may go on, and what it says of its limits in the answer's headers. */
export interface Admission {
  readonly [admitted]: true;
  readonly headers: Readonly<Record<string, string>>;
  /** To be settled when the call is over, the tenant's own first. */
  readonly claims: readonly [Claim, ...Claim[]];
  readonly budgets: readonly BudgetState[];
  /** Calls of the tenant that died wait for a sweep. */
  readonly overdue: boolean;
}

/** Who asks for what. */
export interface Ask {
  readonly principal: Principal;
  /** Names the call in the stores. */
  readonly id: string;
  readonly dialect: ErrorDialect;
  /** Null: what it costs is not known before, nor which model it is for. */
  readonly call: Call | null;
  /** Where it may be sent. */
  readonly targets: readonly Target[];
  readonly tags: readonly string[];
  /** Keeps the runtime alive until `work` ends. */
  readonly hold: (work: Promise<unknown>) => void;
  /** Does work on the store, and notes for the trace how long it took. */
  readonly timed: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface AdmitDeps {
  readonly clock: Clock;
  readonly limits: LimitStore;
  readonly policy: LimitPolicy;
  readonly usual: UsualOutput;
  readonly price: (providerId: string, model: string, usage: Usage, at: number) => NanoUsd | null;
  readonly money: Money;
  readonly onLimited: (limit: string) => void;
  /** Ends the claim of a call that may not go on. Never rejects. */
  readonly release: (claim: Claim) => Promise<void>;
}

export type Admit = (ask: Ask) => Promise<Admission>;

/**
 * Takes what a call needs of all its limits and reserves the most that it may cost, in one step for its tenant and, where there
 * are such limits, one for all together, at the same time.
 * @throws GatewayError `rate_limited` with `retry-after`, `budget_exceeded`, `limits_unavailable`.
 */
export function createAdmit(deps: AdmitDeps): Admit {
  const { clock, limits, policy, money } = deps;
  const planner = createClaimPlanner(policy);

  return async function admit(ask) {
    if (planner.isUnlimited(ask.principal)) return unlimited(ask);
    const planned = planner.plan(demandOf(deps, ask));
    const outcomes = await Promise.allSettled(planned.map((one) => decide(limits, one, ask)));
    const decided = planned.flatMap((one, i): Decided[] => {
      const outcome = outcomes[i];
      return outcome?.status === 'fulfilled' ? [[one, outcome.value]] : [];
    });
    const states = budgetStates(decided);
    const headers = {
      ...limitHeaders(decided, ask.dialect, clock.now()),
      ...budgetHeaders(states, money),
    };
    const [{ claim }, ...others] = planned;
    const claims = [claim, ...others.map((other) => other.claim)] as const;
    const fault =
      decided.length < planned.length
        ? new GatewayError(
            'limits_unavailable',
            'The limits of this gateway cannot be checked at the moment: try again.',
            { retryAfter: '1' },
          )
        : refusalOf(deps, decided, headers);
    if (fault !== null) {
      for (const each of claims) ask.hold(deps.release(each));
      throw fault;
    }
    const overdue = decided.some(([, decision]) => decision.overdue);
    return admission({ headers, claims, budgets: states, overdue });
  };
}

/** The one place where the proof is made. */
function admission(of: Omit<Admission, typeof admitted>): Admission {
  return of as Admission;
}

function unlimited({ principal, id }: Ask): Admission {
  const claim = bareClaim(principal.tenant, id, LEASE_MS);
  return admission({ headers: {}, claims: [claim], budgets: [], overdue: false });
}

/** Nothing is asked of the store where there is no limit: the call is noted there if it takes its time. */
async function decide(limits: LimitStore, { claim }: PlannedClaim, { timed }: Ask): Promise<ClaimDecision> {
  return isBare(claim) ? UNLIMITED : timed(() => limits.claim(claim));
}

const UNLIMITED: ClaimDecision = { refusal: null, rates: [], budgets: [], overdue: false };

/** What is spent tells more than what has to be waited for, and a longer wait more than a shorter one. */
function refusalOf(
  deps: AdmitDeps,
  decided: readonly Decided[],
  headers: Readonly<Record<string, string>>,
): GatewayError | null {
  const refusals = decided.flatMap(([planned, decision]) => {
    const meant = refusedBy(planned, decision);
    return meant === null ? [] : [{ meant, retryAfterMs: decision.refusal?.retryAfterMs ?? 0 }];
  });
  const weight = ({ meant, retryAfterMs }: (typeof refusals)[number]) =>
    meant.what === 'budget' ? Number.POSITIVE_INFINITY : retryAfterMs;
  const [first] = refusals.sort((a, b) => weight(b) - weight(a));
  if (first === undefined) return null;
  deps.onLimited(labelOf(first.meant));
  return refusalError(first.meant, first.retryAfterMs, headers, deps.money);
}

function demandOf({ usual, price, clock }: AdmitDeps, { principal, id, call, targets, tags }: Ask): Demand {
  if (call === null) return { principal, id, models: [], tags, tokens: 0, hold: 0 };
  const usage = expectedUsage(call, usual);
  const at = clock.now();
  const costs = targets.map(({ provider, model }) => price(provider.id, model, usage, at) ?? 0);
  const names = targets.flatMap(({ provider, model }) => [model, `${provider.id}/${model}`]);
  return {
    principal,
    id,
    models: [...new Set([call.model, ...names])],
    tags,
    tokens: usage.input + usage.output,
    hold: Math.max(0, ...costs),
  };
}
