import type { CallLife } from '../call-life.ts';
import type { Clock } from '../ports/clock.ts';
import { clientGone, timedOut } from '../streams/call-scope.ts';

/** One client's place among those who share a call: it is given up when the client leaves or its time is over. */
export class Seat {
  readonly #life: CallLife;
  readonly #controller = new AbortController();
  readonly #onCallEnds = () => this.#controller.abort(this.#life.scope.signal.reason);
  #stopTimer = () => {};

  /** @throws GatewayError when it is over already. */
  constructor(life: CallLife) {
    life.scope.check();
    this.#life = life;
    life.scope.signal.addEventListener('abort', this.#onCallEnds, { once: true });
  }

  /** Aborts with the `GatewayError` that says why. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The call that this client began goes on without it, for as long as `all` want it, and no longer than any call may. How
   * the call ends is told to all alike, this one included.
   * @param totalMs the longest time of any call, since its request came
   */
  lead(all: AbortSignal, clock: Clock, totalMs: number): void {
    const { scope, record, now } = this.#life;
    const { signal: client, startedAt } = record.incoming;
    const ownMs = scope.deadline.totalLeftMs;
    const callMs = totalMs - (now - startedAt);
    scope.signal.removeEventListener('abort', this.#onCallEnds);
    scope.follow(all, callMs);
    const leave = () => this.#controller.abort(clientGone());
    if (client.aborted) leave();
    else client.addEventListener('abort', leave, { once: true });
    // Whoever has all the time that there is hears of its end from the call.
    if (ownMs < callMs) {
      this.#stopTimer = clock.after(ownMs, () => this.#controller.abort(timedOut('total')));
    }
  }

  /** The client has its answer, or none. */
  close(): void {
    this.#stopTimer();
  }
}
