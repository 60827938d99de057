import type { Claim, Custody } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { LimitStore } from '../ports/limit-store.ts';

export interface WatchDeps {
  readonly clock: Clock;
  readonly limits: Pick<LimitStore, 'note'>;
  /** `extend`: a call goes on when it costs more than was reserved and its budget has no more. */
  readonly overrun: 'extend' | 'end';
}

/** A call that goes on. */
export interface Watched {
  readonly claims: readonly [Claim, ...Claim[]];
  /** What it used, were it to end now. */
  readonly entries: () => readonly LedgerEntry[];
  /** The budget has no more for it. */
  readonly end: () => void;
}

export type Watch = (watched: Watched) => Custody;

/** A call that is over sooner, as hardly any of a real provider is, is never noted: two words to the store are enough for it. */
const FIRST_NOTE_MS = 25;
/** What a stream used since its last note is lost when its gateway dies. */
const NOTE_MS = 3_000;
/** How long a call may cost more than is reserved before it is seen. */
const LOOK_MS = 1_000;
/** A hold grows before it is used up, and by half of what was used. */
const NEARLY = 0.9;
const GROWTH = 1.5;

/**
 * Tells the stores now and then, while a provider is called, that a call is alive and what it used, so that a crash charges what was generated; and sees to it
 * that no stream costs more than its budget has.
 */
export function createWatch({ clock, limits, overrun }: WatchDeps): Watch {
  return function watch({ claims, entries, end }) {
    const [own, ...others] = claims;
    const hasBudget = own.budgets.length > 0;
    let hold = own.hold;
    let noting: Promise<unknown> = Promise.resolve();
    let notedAt = Number.NEGATIVE_INFINITY;
    let over = false;
    let cancel: (() => void) | null = null;

    function look(): void {
      const used = entries();
      const cost = used.reduce((sum, entry) => sum + (entry.cost ?? 0), 0);
      const isShort = hasBudget && cost > hold * NEARLY;
      if (isShort || clock.monotonic() - notedAt >= NOTE_MS) {
        notedAt = clock.monotonic();
        noting = note(used, cost, isShort).catch(() => {});
      }
      cancel = clock.after(hasBudget ? LOOK_MS : NOTE_MS, look);
    }

    /** All are heard out, whatever becomes of one: `stop` waits for the last of them, and a rejection that nobody hears ends the process. */
    async function note(used: readonly LedgerEntry[], cost: number, isShort: boolean): Promise<void> {
      const wanted = isShort ? Math.ceil(cost * GROWTH) : hold;
      const [granted] = await Promise.allSettled([
        limits.note({ ...own, hold: wanted, entries: used }, overrun === 'extend'),
        ...others.map((claim) => limits.note(claim, true)),
      ]);
      if (granted.status === 'rejected') return;
      if (granted.value) hold = wanted;
      else if (cost > hold && !over) end();
    }

    return {
      claims,
      wake() {
        if (!over) cancel ??= clock.after(FIRST_NOTE_MS, look);
      },
      async stop() {
        over = true;
        cancel?.();
        await noting;
      },
    };
  };
}
