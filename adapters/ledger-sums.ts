import type { LedgerEntry } from '../src/domain/ledger-entry.ts';
import { type LedgerSums, noSums, SUM_NAMES } from '../src/ports/ledger.ts';

export const DAY_MS = 86_400_000;

/** Rows of one day and tenant; clients choose names of models and tags, so what is beyond goes into rows without them. */
export const MAX_ROWS = 5_000;

/** What one entry adds to the sums. */
export function sumsOf({ isAttempt, usage, cost, saved }: LedgerEntry): number[] {
  return [
    isAttempt ? 1 : 0,
    isAttempt && cost === null ? 1 : 0,
    isAttempt && usage?.estimated === true ? 1 : 0,
    cost ?? 0,
    saved,
    usage?.input ?? 0,
    usage?.cacheRead ?? 0,
    (usage?.cacheWrite ?? 0) + (usage?.cacheWrite1h ?? 0),
    usage?.output ?? 0,
    usage?.reasoning ?? 0,
  ];
}

export function toSums(values: readonly number[]): LedgerSums {
  const sums = noSums();
  for (const [i, name] of SUM_NAMES.entries()) sums[name] = values[i] ?? 0;
  return sums;
}

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** @throws RangeError for what would spoil every later sum: a time that is none, money that is no whole nano-dollars. */
export function checkEntries(entries: readonly LedgerEntry[]): void {
  for (const entry of entries) {
    if (!Number.isFinite(entry.at))
      throw new RangeError(`at must be milliseconds since the epoch, not ${entry.at}`);
    const wrong = sumsOf(entry).find((value) => !Number.isSafeInteger(value));
    if (wrong !== undefined)
      throw new RangeError(`money and tokens must be whole numbers up to 2^53, not ${wrong}`);
  }
}
