import type { BudgetClaim } from '../../src/domain/claim.ts';
import { periodOf } from '../../src/domain/period.ts';
import type { NanoUsd } from '../../src/domain/usage.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { BudgetLevel } from '../../src/ports/limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import { scopedKey } from './scoped-key.ts';

interface Account {
  period: number;
  spent: NanoUsd;
  reserved: NanoUsd;
}

/** What was spent and is reserved, by tenant, subject and period. */
export class Budgets {
  readonly #clock: Clock;
  readonly #accounts: ExpiringMap<Account>;

  constructor(clock: Clock, maxSubjects: number) {
    this.#clock = clock;
    this.#accounts = new ExpiringMap({ clock, maxEntries: maxSubjects });
  }

  /** What is reserved stays so from one period to the next: its calls will be paid for in the new one. */
  account(tenant: string, { subject, period }: Pick<BudgetClaim, 'subject' | 'period'>): Account {
    const key = scopedKey(tenant, `${period}:${subject}`);
    const now = periodOf(period, this.#clock.now());
    const known = this.#accounts.get(key);
    if (known === undefined) {
      const account = { period: now, spent: 0, reserved: 0 };
      this.#accounts.set(key, account, Number.POSITIVE_INFINITY);
      return account;
    }
    if (known.period !== now) Object.assign(known, { period: now, spent: 0 });
    return known;
  }

  /** Also of nothing: where all is spent there is no room for a call whose price is not known. */
  hasRoom(tenant: string, budget: BudgetClaim, more: NanoUsd): boolean {
    const { spent, reserved } = this.account(tenant, budget);
    return spent + reserved + more <= budget.usd && spent + reserved < budget.usd;
  }

  level(tenant: string, budget: BudgetClaim): BudgetLevel {
    const { spent, reserved } = this.account(tenant, budget);
    return { spent, reserved };
  }

  reserve(tenant: string, budgets: readonly BudgetClaim[], more: NanoUsd): void {
    for (const budget of budgets) {
      const account = this.account(tenant, budget);
      account.reserved = Math.max(0, account.reserved + more);
    }
  }

  spend(tenant: string, budgets: readonly BudgetClaim[], cost: NanoUsd): void {
    for (const budget of budgets) {
      const account = this.account(tenant, budget);
      account.spent = Math.max(0, account.spent + cost);
    }
  }
}
