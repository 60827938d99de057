import type { BudgetClaim } from '../../src/domain/claim.ts';
import type { BudgetPeriod } from '../../src/domain/limits.ts';
import { periodOf } from '../../src/domain/period.ts';
import type { NanoUsd } from '../../src/domain/usage.ts';
import { RecentMap } from '../../src/recent-map.ts';
import { dayOf } from '../ledger-sums.ts';

/** What was spent in a period, and what is reserved. */
export interface Account {
  period: number;
  /** As of which the period was looked up: all of them are whole days. */
  day: number;
  spent: NanoUsd;
  reserved: NanoUsd;
}

/** Accounts by subject, and by kind of period. */
export class Budgets {
  readonly #subjects: RecentMap<string, Partial<Record<BudgetPeriod, Account>>>;

  constructor(maxSubjects: number) {
    this.#subjects = new RecentMap(maxSubjects);
  }

  /** What is reserved stays so from one period to the next: its calls will be paid for in the new one. */
  account(subject: string, period: BudgetPeriod, now: number): Account {
    const accounts = this.#subjects.getOrMake(subject, () => ({}));
    const day = dayOf(now);
    const known = accounts[period];
    if (known === undefined) {
      const account = { period: periodOf(period, now), day, spent: 0, reserved: 0 };
      accounts[period] = account;
      return account;
    }
    if (known.day !== day) startDay(known, day, periodOf(period, now));
    return known;
  }
}

function startDay(account: Account, day: number, period: number): void {
  account.day = day;
  if (account.period === period) return;
  account.period = period;
  account.spent = 0;
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
