import type { Clock } from '../ports/clock.ts';
import type { Trip } from './trip.ts';

/** The names are label values of a metric. */
export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerOptions {
  readonly clock: Clock;
  /** Says when it is enough. */
  readonly trip: Trip;
  /**
   * Milliseconds without any call, until one probe may go. They double with each probe that fails, and when it opens again
   * before its return was complete, to `maxOpenMs`.
   */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** Milliseconds over which calls come back once it has closed; 0, the default: all at once. */
  readonly returnMs?: number;
  /** Is told of each change, in the call that brings it about. */
  readonly onChange?: (state: BreakerState) => void;
}

/** What `enter` gives and `leave` takes back. */
export type Ticket = number;

/** A return begins with this share of the calls: with none, nothing would be learnt. */
const FIRST_SHARE = 0.1;

/**
 * Spares callers and a failing dependency each other. Closed, all calls pass; open, none; half open, one probe is under
 * way, and how it ends decides. Calls that began before the last change have no say any more.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #returnMs: number;
  #state: BreakerState = 'closed';
  #openMs: number;
  #probeAt = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  /** Counts changes, so that a ticket tells when its call began. */
  #era: Ticket = 0;

  /** @throws RangeError when opening would skip no call. */
  constructor(options: BreakerOptions) {
    const { openMs, maxOpenMs, returnMs = 0 } = options;
    if (!(openMs > 0 && maxOpenMs >= openMs))
      throw new RangeError(`openMs must be above 0 and not above maxOpenMs, not ${openMs} and ${maxOpenMs}`);
    this.#options = options;
    this.#returnMs = returnMs;
    this.#openMs = openMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** When the next probe may go, in monotonic milliseconds, unless it is closed. */
  get probeAt(): number {
    return this.#probeAt;
  }

  /** Whether `enter` would let a call pass now. */
  get passes(): boolean {
    return this.#state === 'closed' || this.#now >= this.#probeAt;
  }

  /** The share of the calls that had better come: below 1 while they return, 0 unless it is closed. */
  get share(): number {
    if (this.#state !== 'closed') return 0;
    const since = this.#now - this.#closedAt;
    return since >= this.#returnMs ? 1 : Math.max(FIRST_SHARE, since / this.#returnMs);
  }

  /**
   * Null: skip the call. Otherwise make it, and hand the ticket to `leave` when it is over, or to `abandon` when its end
   * says nothing about the dependency.
   */
  enter(): Ticket | null {
    if (this.#state === 'closed') return this.#era;
    const now = this.#now;
    if (now < this.#probeAt) return null;
    // A probe that is never heard of again must not be the last one.
    this.#probeAt = now + this.#openMs;
    this.#change('half_open');
    return this.#era;
  }

  /** For a call that is made whatever the state is. That it is well closes the breaker, that it fails makes nothing worse. */
  enterAnyway(): Ticket {
    return this.enter() ?? this.#era;
  }

  leave(ticket: Ticket, ok: boolean): void {
    if (ticket !== this.#era) return;
    if (this.#state === 'closed') {
      if (this.#options.trip.note(ok)) this.#open(this.share < 1);
    } else if (ok) this.#close();
    else if (this.#state === 'half_open') this.#open(true);
  }

  /** The call, which left well, has failed after all. */
  turn(ticket: Ticket): void {
    if (ticket === this.#era && this.#state === 'closed' && this.#options.trip.turn())
      this.#open(this.share < 1);
  }

  /** Nothing was learnt: if it was the probe, another one may go at once. */
  abandon(ticket: Ticket): void {
    if (ticket === this.#era && this.#state === 'half_open') this.#probeAt = this.#now;
  }

  /** Opens it on the word of another who watches the same dependency. */
  openUntil(at: number): void {
    this.#probeAt = at;
    this.#change('open');
  }

  /** Another has found it well: unless it is closed, a probe may go at once. */
  probeNow(): void {
    this.#probeAt = Math.min(this.#probeAt, this.#now);
  }

  /** Closes it by order, for all calls at once. */
  reset(): void {
    this.#close();
    this.#closedAt = Number.NEGATIVE_INFINITY;
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  #open(again: boolean): void {
    const { openMs, maxOpenMs } = this.#options;
    this.#openMs = again ? Math.min(2 * this.#openMs, maxOpenMs) : openMs;
    this.#probeAt = this.#now + this.#openMs;
    this.#change('open');
  }

  #close(): void {
    this.#options.trip.reset();
    this.#closedAt = this.#now;
    this.#change('closed');
  }

  #change(state: BreakerState): void {
    const isNew = state !== this.#state;
    this.#state = state;
    this.#era += 1;
    if (isNew) this.#options.onChange?.(state);
  }
}
