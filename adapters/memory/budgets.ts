import type { BudgetClaim } from '../../src/domain/claim.ts';
import { periodOf } from '../../src/domain/period.ts';
import type { NanoUsd } from '../../src/domain/usage.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { ExpiringMap } from './expiring-map.ts';
import { scopedKey } from './scoped-key.ts';

/** What was spent in a period, and what is reserved. */
export interface Account {
  period: number;
  spent: NanoUsd;
  reserved: NanoUsd;
}

/** Accounts by tenant, subject and kind of period. */
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
}

/** Also for nothing: where all is spent there is no room for a call whose price is not known. */
export function hasRoom({ spent, reserved }: Account, { usd }: BudgetClaim, more: NanoUsd): boolean {
  return spent + reserved + more <= usd && spent + reserved < usd;
}

export function reserve(account: Account, more: NanoUsd): void {
  account.reserved = Math.max(0, account.reserved + more);
}

export function spend(account: Account, cost: NanoUsd): void {
  account.spent = Math.max(0, account.spent + cost);
}
