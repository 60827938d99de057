import type { BudgetPeriod } from './limits.ts';

const DAY_MS = 86_400_000;

/** A name for the period that a time lies in, in UTC. A week begins on Monday; 1970-01-01 was a Thursday. */
export function periodOf(period: BudgetPeriod, at: number): number {
  const day = Math.floor(at / DAY_MS);
  switch (period) {
    case 'day':
      return day;
    case 'week':
      return Math.floor((day + 3) / 7);
    case 'month': {
      const date = new Date(at);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    }
    case 'total':
      return 0;
  }
}
