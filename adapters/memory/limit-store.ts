import type { BudgetClaim, Claim } from '../../src/domain/claim.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ClaimDecision, LimitStore } from '../../src/ports/limit-store.ts';
import { checkEntries } from '../ledger-sums.ts';
import { type Account, Budgets, hasRoom, reserve, spend } from './budgets.ts';
import { createMemoryLedger, type MemoryLedger } from './ledger.ts';
import { type Look, Rates } from './rates.ts';
import { ScopedKeys } from './scoped-key.ts';
import { Slots } from './slots.ts';
import { Standing } from './standing.ts';

export interface MemoryLimitStoreOptions {
  readonly clock: Clock;
  /** Where settled calls are entered. Default: a ledger that nobody reads. */
  readonly ledger?: MemoryLedger;
  /** With rates that are not whole again, and with budgets; past it the one asked for least recently starts afresh. */
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
  const budgets = new Budgets(maxSubjects);
  const slots = new Slots();
  const standing = new Standing();
  const keys = new ScopedKeys();

  function stand(claim: Claim, now: number): void {
    const until = now + claim.leaseMs;
    standing.set(claim, until);
    for (const { subject } of claim.slots) slots.take(keys.of(claim.tenant, subject), claim.id, until);
    ledger.know(claim.tenant);
  }

  const accountsOf = ({ tenant, budgets: purses }: Claim, now: number): Account[] =>
    purses.map(({ subject, period }) => budgets.account(keys.of(tenant, subject), period, now));

  const looksAt = ({ tenant, rates: wanted }: Claim, now: number): Look[] =>
    wanted.map((rate) => rates.look(keys.of(tenant, rate.subject), rate, rate.cost, now));

  /** What is spent tells more than what has to be waited for, and a longer wait more than a shorter one. */
  function refusalOf(
    claim: Claim,
    looks: readonly Look[],
    accounts: readonly Account[],
    now: number,
  ): Refusal | null {
    const { tenant, hold } = claim;
    const purse = claim.budgets.findIndex((budget, i) => !fits(accounts[i], budget, hold));
    if (purse >= 0) return { kind: 'budget', index: purse, retryAfterMs: 0 };
    const place = claim.slots.findIndex(
      ({ subject, limit }) => !slots.hasRoom(keys.of(tenant, subject), limit, now),
    );
    let refusal: Refusal | null = place >= 0 ? { kind: 'slot', index: place, retryAfterMs: 0 } : null;
    for (const [index, { decision }] of looks.entries()) {
      const { allowed, retryAfterMs } = decision;
      if (!allowed && (refusal === null || retryAfterMs > refusal.retryAfterMs))
        refusal = { kind: 'rate', index, retryAfterMs };
    }
    return refusal;
  }

  function decisionOf(
    { tenant }: Claim,
    refusal: Refusal | null,
    looks: readonly Look[],
    accounts: readonly Account[],
    now: number,
  ): ClaimDecision {
    return {
      refusal,
      rates: looks.map(({ decision: { remaining, resetMs } }) => ({ remaining, resetMs })),
      budgets: accounts.map(({ spent, reserved }) => ({ spent, reserved })),
      overdue: standing.hasOverdue(tenant, now),
    };
  }

  /** As things stand, without taking anything. */
  function undecided(claim: Claim, refusal: Refusal | null, now: number): ClaimDecision {
    const looks = looksAt({ ...claim, rates: claim.rates.map((rate) => ({ ...rate, cost: 0 })) }, now);
    return decisionOf(claim, refusal, looks, accountsOf(claim, now), now);
  }

  return {
    async take(rule, cost) {
      const now = clock.now();
      const look = rates.look(keys.of(rule.tenant, rule.subject), rule, cost, now);
      if (look.decision.allowed) rates.take(look, now);
      return look.decision;
    },
    async claim(claim) {
      checkEntries(claim.entries);
      const now = clock.now();
      if (standing.get(claim) !== undefined) return undecided(claim, null, now);
      const looks = looksAt(claim, now);
      const accounts = accountsOf(claim, now);
      const refusal = refusalOf(claim, looks, accounts, now);
      if (refusal !== null) return undecided(claim, refusal, now);
      for (const look of looks) rates.take(look, now);
      for (const account of accounts) reserve(account, claim.hold);
      stand(claim, now);
      return decisionOf(claim, null, looks, accounts, now);
    },
    async note(claim, force) {
      checkEntries(claim.entries);
      const now = clock.now();
      const held = standing.get(claim)?.hold ?? 0;
      const more = claim.hold - held;
      const accounts = accountsOf(claim, now);
      const granted =
        more <= 0 || force || claim.budgets.every((budget, i) => fits(accounts[i], budget, more));
      if (granted) for (const account of accounts) reserve(account, more);
      stand(granted ? claim : { ...claim, hold: held }, now);
      return granted;
    },
    async settle({ claim, taken, entries, orphan }) {
      checkEntries(entries);
      const now = clock.now();
      const held = standing.get(claim);
      standing.delete(claim);
      if (held !== undefined) release(claim, taken, now);
      const accounts = accountsOf(claim, now);
      for (const account of accounts) reserve(account, -(held?.hold ?? 0));
      for (const entry of entries) {
        const cost = ledger.enter(entry, orphan);
        for (const account of accounts) spend(account, cost);
      }
    },
    overdue: async (tenant, atMost) => standing.overdue(tenant, clock.now()).slice(0, atMost),
  };

  function release(
    { tenant, id, slots: places, rates: wanted }: Claim,
    taken: readonly number[],
    now: number,
  ): void {
    for (const { subject } of places) slots.free(keys.of(tenant, subject), id);
    for (const [i, rate] of wanted.entries()) {
      const more = (taken[i] ?? rate.cost) - rate.cost;
      if (more !== 0) rates.take(rates.look(keys.of(tenant, rate.subject), rate, more, now), now);
    }
  }
}

function fits(account: Account | undefined, budget: BudgetClaim, more: number): boolean {
  return account !== undefined && hasRoom(account, budget, more);
}
