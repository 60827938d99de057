import type { Clock } from '../ports/clock.ts';
import { timedOut } from './call-scope.ts';
import { Deadline, type DeadlineKind } from './deadline.ts';

/**
 * How long one attempt may live: as long as its call wants it, and until it has made the call wait too long. Its signal
 * goes to the upstream and aborts with the `GatewayError` that says why.
 */
export class AttemptScope {
  readonly #clock: Clock;
  readonly #call: AbortSignal;
  readonly #controller = new AbortController();
  #deadline: Deadline | null = null;
  #moreMs: () => number = () => 0;
  readonly #onCallOver = () => this.#abort(this.#call.reason);

  constructor(clock: Clock, call: AbortSignal) {
    this.#clock = clock;
    this.#call = call;
    if (call.aborted) this.#onCallOver();
    else call.addEventListener('abort', this.#onCallOver);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It has `ms` to begin its answer. */
  awaitBeginning(ms: number): void {
    this.#await('first_byte', ms);
  }

  /** @param moreMs asked when the time to begin is over: how much there is left after all; infinite: it has begun. */
  excuse(moreMs: () => number): void {
    this.#moreMs = moreMs;
  }

  /** It has `ms` for what comes next. */
  awaitNext(ms: number): void {
    this.#await('idle', ms);
  }

  /** Nobody waits for it now. */
  rest(): void {
    this.#deadline?.leave();
  }

  /** It is over: timers and listeners go. The upstream is not told. */
  close(): void {
    this.#deadline?.clear();
    this.#deadline = null;
    this.#call.removeEventListener('abort', this.#onCallOver);
  }

  #await(kind: Exclude<DeadlineKind, 'total'>, ms: number): void {
    if (this.signal.aborted) return;
    this.#deadline ??= new Deadline(this.#clock, Number.POSITIVE_INFINITY, (late) => this.#expire(late));
    this.#deadline.enter(kind, ms);
  }

  #expire(kind: DeadlineKind): void {
    this.#deadline = null;
    const moreMs = kind === 'first_byte' ? this.#moreMs() : 0;
    if (moreMs <= 0) this.#abort(timedOut(kind));
    else if (moreMs < Number.POSITIVE_INFINITY) this.awaitBeginning(moreMs);
  }

  #abort(reason: unknown): void {
    this.close();
    this.#controller.abort(reason);
  }
}
