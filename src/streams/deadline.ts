import type { Clock } from '../ports/clock.ts';

export type DeadlineKind = 'first_byte' | 'idle' | 'total';

/**
 * The deadlines of one call on one timer. A stream re-arms its idle deadline with every chunk, so moving a
 * deadline only writes a number; the timer looks at it when it fires and sleeps again if it came too early.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #expire: (kind: DeadlineKind) => void;
  #totalAt: number;
  #phase: DeadlineKind = 'total';
  #phaseAt = Number.POSITIVE_INFINITY;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  #over = false;

  /** `totalMs` counts from now, and may be infinite; `expire` is called at most once. */
  constructor(clock: Clock, totalMs: number, expire: (kind: DeadlineKind) => void) {
    this.#clock = clock;
    this.#expire = expire;
    this.#totalAt = clock.monotonic() + totalMs;
    this.#arm(this.#totalAt);
  }

  /** Milliseconds until the total is over. */
  get totalLeftMs(): number {
    return this.#totalAt - this.#clock.monotonic();
  }

  /** The total begins anew. */
  restart(totalMs: number): void {
    this.#totalAt = this.#clock.monotonic() + totalMs;
    if (this.#totalAt < this.#timerAt) this.#arm(this.#totalAt);
  }

  /** From now on `kind` counts as well, for `ms`. */
  enter(kind: 'first_byte' | 'idle', ms: number): void {
    this.#phase = kind;
    this.#phaseAt = this.#clock.monotonic() + ms;
    if (this.#phaseAt < this.#timerAt) this.#arm(this.#phaseAt);
  }

  /** Only the total counts: nobody waits for the upstream now. */
  leave(): void {
    this.#phaseAt = Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#over = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #arm(at: number): void {
    if (this.#over) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    // A timer set for less than a millisecond would fire early for ever.
    const ms = Math.max(1, Math.ceil(at - this.#clock.monotonic()));
    this.#cancelTimer = this.#clock.after(ms, () => this.#fire());
  }

  #fire(): void {
    const now = this.#clock.monotonic();
    const due = Math.min(this.#totalAt, this.#phaseAt);
    if (now < due) {
      this.#arm(due);
      return;
    }
    this.clear();
    this.#expire(this.#phaseAt <= this.#totalAt ? this.#phase : 'total');
  }
}
