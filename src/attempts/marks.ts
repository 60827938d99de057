import type { Clock } from '../ports/clock.ts';
import type { HealthMark, HealthSharing, HealthSpot, HealthState } from '../ports/health-store.ts';
import { REFRESH_MS, WATCH_AFTER_MS, WATCH_MS } from './settings.ts';

export interface MarksOptions {
  readonly clock: Clock;
  readonly sharing: HealthSharing | null;
  /** Told of a mark that another process made. */
  readonly onMarked: (mark: HealthMark) => void;
  /** Told of one that another process cleared before its end. */
  readonly onCleared: (spot: HealthSpot) => void;
}

/** Keeps the runtime alive until `work` ends. */
export type Hold = (work: Promise<unknown>) => void;

interface Entry extends HealthMark {
  /** Number of the last look that may have missed it, since it was being written; null: the store does not know it. */
  readonly writtenIn: number | null;
}

const MAX_ENTRIES = 10_000;

/**
 * What is known of targets, providers and keys beyond this call, here and in other processes. What happens here counts at once
 * and is told to the others after that; what the store says comes in when it comes. While it says nothing, what is known here
 * stands. No call ever waits for it.
 */
export class Marks {
  readonly #options: MarksOptions;
  readonly #entries = new Map<string, Entry>();
  /** Ends of marks that were cleared here: the store may still show them. */
  readonly #cleared = new Map<string, number>();
  /** One for each spot: only the last counts. */
  #outbox = new Map<string, () => Promise<void>>();
  #looks = 0;
  #lastTaken = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #calledAt = Number.NEGATIVE_INFINITY;
  #isWatching = false;

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  /** When the mark lapses, in milliseconds since the epoch; null: there is none. */
  until(state: HealthState, subject: string): number | null {
    if (this.#entries.size === 0) return null;
    const entry = this.#entries.get(nameOf({ state, subject }));
    return entry !== undefined && entry.until > this.#now ? entry.until : null;
  }

  set(state: HealthState, subject: string, ms: number): void {
    const mark = { state, subject, until: Math.ceil(this.#now + ms) };
    this.#put({ ...mark, writtenIn: null });
    const { sharing } = this.#options;
    if (sharing === null) return;
    this.#outbox.set(nameOf(mark), async () => {
      await sharing.store.mark(mark);
      if (this.#entries.get(nameOf(mark))?.until === mark.until)
        this.#put({ ...mark, writtenIn: this.#looks });
    });
  }

  clear(state: HealthState, subject: string): void {
    const spot = { state, subject };
    const entry = this.#entries.get(nameOf(spot));
    if (entry === undefined) return;
    this.#entries.delete(nameOf(spot));
    const { sharing } = this.#options;
    if (sharing === null) return;
    this.#cleared.set(nameOf(spot), entry.until);
    this.#outbox.set(nameOf(spot), () => sharing.store.clear(spot));
  }

  /** Those that stand, of the subjects that are asked for. */
  of(isAsked: (subject: string) => boolean): readonly HealthSpot[] {
    return [...this.#entries.values()].filter(({ subject, until }) => isAsked(subject) && until > this.#now);
  }

  /** Reads what the others said, whether or not it is time. */
  async refresh(): Promise<void> {
    const { sharing } = this.#options;
    if (sharing !== null) await this.#look(sharing);
  }

  /** There was a call: tells the others what is new, and looks what they say, if it is time. */
  touch(hold: Hold): void {
    const { sharing } = this.#options;
    if (sharing === null) return;
    if (this.#outbox.size > 0) hold(this.tell().catch(() => {}));
    if (this.#isDue(sharing)) hold(this.#look(sharing));
    this.#keepWatching(sharing);
  }

  /** Resolves when the others can know all that is new. @throws StoreFault when they cannot. */
  async tell(): Promise<void> {
    const outbox = this.#outbox;
    this.#outbox = new Map();
    if (this.#options.sharing !== null) this.#keepWatching(this.#options.sharing);
    await Promise.all(Array.from(outbox.values(), (write) => write()));
  }

  #isDue({ watches }: HealthSharing): boolean {
    return this.#options.clock.monotonic() - this.#lookedAt >= (watches ? WATCH_MS : REFRESH_MS);
  }

  #keepWatching(sharing: HealthSharing): void {
    this.#calledAt = this.#options.clock.monotonic();
    if (sharing.watches && !this.#isWatching) this.#watch(sharing);
  }

  #watch(sharing: HealthSharing): void {
    const { clock } = this.#options;
    this.#isWatching = clock.monotonic() - this.#calledAt < WATCH_AFTER_MS;
    if (!this.#isWatching) return;
    clock.after(WATCH_MS, () => {
      void this.#look(sharing);
      this.#watch(sharing);
    });
  }

  /** One that hangs does not keep the next from being made: nothing here waits for it. */
  async #look({ store }: HealthSharing): Promise<void> {
    this.#lookedAt = this.#options.clock.monotonic();
    this.#looks += 1;
    const look = this.#looks;
    try {
      const marks = await store.marks();
      if (look > this.#lastTaken) this.#takeIn(marks, look);
    } catch {
      // What is known here stands; the driver logs that the store is gone.
    }
  }

  #takeIn(marks: readonly HealthMark[], look: number): void {
    this.#lastTaken = look;
    const seen = new Set(marks.map(nameOf));
    for (const entry of [...this.#entries.values()]) {
      if (entry.until <= this.#now) this.#entries.delete(nameOf(entry));
      else if (!seen.has(nameOf(entry)) && entry.writtenIn !== null && entry.writtenIn < look) {
        this.#entries.delete(nameOf(entry));
        this.#options.onCleared(entry);
      }
    }
    for (const [name, until] of this.#cleared) if (until <= this.#now) this.#cleared.delete(name);
    for (const mark of marks) this.#adopt(mark, look);
  }

  #adopt(mark: HealthMark, look: number): void {
    const name = nameOf(mark);
    if (this.#cleared.get(name) === mark.until || mark.until <= this.#now) return;
    const isNews = this.#entries.get(name)?.until !== mark.until;
    this.#put({ ...mark, writtenIn: look - 1 });
    if (isNews) this.#options.onMarked(mark);
  }

  #put(entry: Entry): void {
    const name = nameOf(entry);
    if (this.#entries.size >= MAX_ENTRIES && !this.#entries.has(name)) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(name, entry);
  }

  get #now(): number {
    return this.#options.clock.now();
  }
}

function nameOf({ state, subject }: HealthSpot): string {
  return `${state}:${subject}`;
}
