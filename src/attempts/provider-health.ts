import type { Clock } from '../ports/clock.ts';
import { ExtraBudget } from '../resilience/extra-budget.ts';
import { GrowingPause } from '../resilience/growing-pause.ts';
import { DEAD_KEY_EVERY_MS, KEY_DEAD, RETRIES } from './settings.ts';

interface DeadKey {
  readonly pause: GrowingPause;
  /** Monotonic milliseconds; of the last refusal, and of the last try after one. */
  refusedAt: number;
  triedAt: number;
}

/** What this process has seen of one provider. */
export class ProviderHealth {
  readonly id: string;
  /** Calls beyond the first of each request. */
  readonly retries: ExtraBudget;
  readonly #clock: Clock;
  /** Keys that were refused, by their fingerprints. */
  readonly #dead = new Map<string, DeadKey>();
  #turn = 0;

  constructor(clock: Clock, id: string) {
    this.#clock = clock;
    this.id = id;
    this.retries = new ExtraBudget({ clock, ...RETRIES });
  }

  /** The keys in the order in which they are to be tried: they take turns, so that the limits of all are used. */
  inTurn<K>(keys: readonly K[]): readonly K[] {
    if (keys.length < 2) return keys;
    const first = this.#turn % keys.length;
    return [...keys.slice(first), ...keys.slice(0, first)];
  }

  /** A key was taken: it is the next one's turn. */
  nextTurn(): void {
    this.#turn += 1;
  }

  /**
   * The key was refused: how long it is to be left alone. Null: the call began before the last refusal was known, so it
   * tells nothing new.
   */
  refused(key: string, startedAt: number): number | null {
    const dead = this.#deadKey(key);
    if (startedAt < dead.refusedAt) return null;
    dead.refusedAt = this.#clock.monotonic();
    return dead.pause.next();
  }

  accepted(key: string): void {
    this.#dead.delete(key);
  }

  /** True: a key that was refused may be tried again, and counts as tried. */
  mayTryAgain(key: string): boolean {
    const dead = this.#deadKey(key);
    const now = this.#clock.monotonic();
    if (now - Math.max(dead.refusedAt, dead.triedAt) < DEAD_KEY_EVERY_MS) return false;
    dead.triedAt = now;
    return true;
  }

  #deadKey(key: string): DeadKey {
    const dead = this.#dead.get(key) ?? {
      pause: new GrowingPause(KEY_DEAD.firstMs, KEY_DEAD.maxMs),
      refusedAt: Number.NEGATIVE_INFINITY,
      triedAt: Number.NEGATIVE_INFINITY,
    };
    this.#dead.set(key, dead);
    return dead;
  }
}
