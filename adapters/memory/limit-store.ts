import type { Claim } from '../../src/domain/claim.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ClaimDecision, LimitStore, Settlement } from '../../src/ports/limit-store.ts';
import { checkEntries } from '../ledger-sums.ts';
import { Budgets } from './budgets.ts';
import { createMemoryLedger, type MemoryLedger } from './ledger.ts';
import { Rates } from './rates.ts';
import { scopedKey } from './scoped-key.ts';
import { Slots } from './slots.ts';
import { Standing } from './standing.ts';

export interface MemoryLimitStoreOptions {
  readonly clock: Clock;
  /** Where settled calls are entered. Default: a ledger that nobody reads. */
  readonly ledger?: MemoryLedger;
  /** Rates that are not whole again, and budgets; past it the one asked for least recently starts afresh. */
  readonly maxSubjects?: number;
}

type Refusal = NonNullable<ClaimDecision['refusal']>;

/**
 * A cost above the limit of a rate never passes; 0 reads; a negative cost gives units back, never beyond the whole limit.
 * The wait of a refusal is until the same take would pass, or one period when it never will.
 */
export function createMemoryLimitStore({
  clock,
  ledger = createMemoryLedger(),
  maxSubjects = 100_000,
}: MemoryLimitStoreOptions): LimitStore {
  const rates = new Rates(clock, maxSubjects);
  const budgets = new Budgets(clock, maxSubjects);
  const slots = new Slots(clock);
  const standing = new Standing(clock);

  function stand(claim: Claim): void {
    const until = clock.now() + claim.leaseMs;
    standing.set(claim, until);
    for (const { subject } of claim.slots) slots.take(scopedKey(claim.tenant, subject), claim.id, until);
    ledger.know(claim.tenant);
  }

  /** What is spent tells more than what has to be waited for, and a longer wait more than a shorter one. */
  function refusalOf({ tenant, rates: wanted, slots: places, budgets: purses, hold }: Claim): Refusal | null {
    const purse = purses.findIndex((budget) => !budgets.hasRoom(tenant, budget, hold));
    if (purse >= 0) return { kind: 'budget', index: purse, retryAfterMs: 0 };
    const place = places.findIndex((slot) => !slots.hasRoom(scopedKey(tenant, slot.subject), slot.limit));
    let refusal: Refusal | null = place >= 0 ? { kind: 'slot', index: place, retryAfterMs: 0 } : null;
    for (const [index, rate] of wanted.entries()) {
      const { allowed, retryAfterMs } = rates.decide(scopedKey(tenant, rate.subject), rate, rate.cost);
      if (!allowed && (refusal === null || retryAfterMs > refusal.retryAfterMs))
        refusal = { kind: 'rate', index, retryAfterMs };
    }
    return refusal;
  }

  function decisionOf(claim: Claim, refusal: Refusal | null): ClaimDecision {
    const { tenant } = claim;
    return {
      refusal,
      rates: claim.rates.map((rate) => {
        const { remaining, resetMs } = rates.decide(scopedKey(tenant, rate.subject), rate, 0);
        return { remaining, resetMs };
      }),
      budgets: claim.budgets.map((budget) => budgets.level(tenant, budget)),
      overdue: standing.hasOverdue(tenant),
    };
  }

  /** @returns what the claim held until now, or null where there is no room for more. */
  function hold(claim: Claim, force: boolean): number | null {
    const before = standing.get(claim)?.hold ?? 0;
    const more = claim.hold - before;
    const fits =
      more <= 0 || force || claim.budgets.every((budget) => budgets.hasRoom(claim.tenant, budget, more));
    if (fits) budgets.reserve(claim.tenant, claim.budgets, more);
    return fits ? null : before;
  }

  return {
    async take(rule, cost) {
      const key = scopedKey(rule.tenant, rule.subject);
      const decision = rates.decide(key, rule, cost);
      if (decision.allowed) rates.add(key, rule, cost);
      return decision;
    },
    async claim(claim) {
      checkEntries(claim.entries);
      if (standing.get(claim) !== undefined) return decisionOf(claim, null);
      const refusal = refusalOf(claim);
      if (refusal !== null) return decisionOf(claim, refusal);
      for (const rate of claim.rates) rates.add(scopedKey(claim.tenant, rate.subject), rate, rate.cost);
      budgets.reserve(claim.tenant, claim.budgets, claim.hold);
      stand(claim);
      return decisionOf(claim, null);
    },
    async note(claim, force) {
      checkEntries(claim.entries);
      const held = hold(claim, force);
      stand(held === null ? claim : { ...claim, hold: held });
      return held === null;
    },
    async settle(settlement) {
      checkEntries(settlement.entries);
      const { claim } = settlement;
      const standingClaim = standing.get(claim);
      if (standingClaim !== undefined) release(standingClaim, settlement);
      standing.delete(claim);
      for (const entry of settlement.entries)
        budgets.spend(claim.tenant, claim.budgets, ledger.enter(entry, settlement.orphan));
    },
    overdue: async (tenant, atMost) => standing.overdue(tenant).slice(0, atMost),
  };

  function release(ended: Claim, { claim, taken }: Settlement): void {
    const { tenant, id } = claim;
    budgets.reserve(tenant, claim.budgets, -ended.hold);
    for (const { subject } of claim.slots) slots.free(scopedKey(tenant, subject), id);
    for (const [i, rate] of claim.rates.entries()) {
      const more = (taken[i] ?? rate.cost) - rate.cost;
      if (more !== 0) rates.add(scopedKey(tenant, rate.subject), rate, more);
    }
  }
}
