import type { Clock } from '../ports/clock.ts';

/** The names are label values of a metric. */
export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerOptions {
  readonly clock: Clock;
  /** So many failures in a row open it. */
  readonly failures: number;
  /** Milliseconds without any call, until one probe may go. They double with each probe that fails, to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** Is told of each change, in the call that brings it about. */
  readonly onChange?: (state: BreakerState) => void;
}

/** What `enter` gives and `leave` takes back. */
export type Ticket = number;

/**
 * Spares callers and a failing dependency each other. Closed, all calls pass; open, none; half open, one probe is under
 * way, and how it ends decides. Calls that began before the last change have no say any more.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #state: BreakerState = 'closed';
  #failures = 0;
  #openMs: number;
  #probeAt = 0;
  /** Counts changes, so that a ticket tells when its call began. */
  #era: Ticket = 0;

  /** @throws RangeError when no failure would open it, or opening would skip no call. */
  constructor(options: BreakerOptions) {
    const { failures, openMs, maxOpenMs } = options;
    if (!(failures >= 1)) throw new RangeError(`failures must be at least 1, not ${failures}`);
    if (!(openMs > 0 && maxOpenMs >= openMs))
      throw new RangeError(`openMs must be above 0 and not above maxOpenMs, not ${openMs} and ${maxOpenMs}`);
    this.#options = options;
    this.#openMs = openMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /**
   * Null: skip the call. Otherwise make it, and hand the ticket to `leave` when it is over, unless its end says nothing about
   * the dependency.
   */
  enter(): Ticket | null {
    if (this.#state === 'closed') return this.#era;
    const now = this.#options.clock.monotonic();
    if (now < this.#probeAt) return null;
    // A probe that is never heard of again must not be the last one.
    this.#probeAt = now + this.#openMs;
    this.#change('half_open');
    return this.#era;
  }

  leave(ticket: Ticket, ok: boolean): void {
    if (ticket !== this.#era) return;
    const isProbe = this.#state !== 'closed';
    if (ok) {
      this.#failures = 0;
      if (isProbe) this.#change('closed');
      return;
    }
    this.#failures += 1;
    if (isProbe || this.#failures >= this.#options.failures) this.#open(isProbe);
  }

  #open(again: boolean): void {
    const { clock, openMs, maxOpenMs } = this.#options;
    this.#openMs = again ? Math.min(2 * this.#openMs, maxOpenMs) : openMs;
    this.#probeAt = clock.monotonic() + this.#openMs;
    this.#change('open');
  }

  #change(state: BreakerState): void {
    const isNew = state !== this.#state;
    this.#state = state;
    this.#era += 1;
    if (isNew) this.#options.onChange?.(state);
  }
}
