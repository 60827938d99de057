import { bareClaim } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { KeepBooks } from './books.ts';

export interface SavingsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keepBooks: KeepBooks;
}

/** Takes what an answer from the cache saved. A promise: its entry will be made, and the runtime has to live until then. */
export type NoteSaved = (entry: LedgerEntry) => Promise<void> | null;

const EVERY_MS = 1_000;

/**
 * Entries of answers from the cache, gathered for a second: a hit takes microseconds, and a word to the ledger for each would
 * take longer. A crash loses at most that second, and no money is owed for it.
 */
export function createSavings({ clock, ids, keepBooks }: SavingsDeps): NoteSaved {
  const waiting = new Map<string, LedgerEntry>();

  async function flush(): Promise<void> {
    await new Promise<void>((resolve) => void clock.after(EVERY_MS, resolve));
    const entries = [...waiting.values()];
    waiting.clear();
    const settle = (entry: LedgerEntry) => {
      const id = `saved-${ids.next()}`;
      const claim = bareClaim(entry.tenant, id);
      return keepBooks({ claim, taken: [], entries: [{ ...entry, id }], orphan: false });
    };
    await Promise.all(entries.map(settle));
  }

  return function noteSaved(entry) {
    const { tenant, keyId, provider, model, tags } = entry;
    const row = [tenant, keyId, provider, model, ...tags].join('\n');
    const known = waiting.get(row);
    waiting.set(row, known === undefined ? entry : { ...entry, saved: known.saved + entry.saved });
    return waiting.size === 1 && known === undefined ? flush() : null;
  };
}
