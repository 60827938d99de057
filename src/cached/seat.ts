import type { Leader, Passenger } from '../cache/flight.ts';
import type { CallLife } from '../call-life.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { clientGone, timedOut } from '../streams/call-scope.ts';
import type { Head } from './head.ts';

export interface SeatOptions {
  readonly life: CallLife;
  readonly clock: Clock;
  /** The longest time of any call, since its request came, in milliseconds. */
  readonly totalMs: number;
  /** What stands between a shared stream and this client. */
  readonly tap: (head: Head, all: AbortSignal) => StreamTap;
}

/**
 * The place of the client that began a call. Once others share it, the client gives its place up when it leaves or its time
 * is over, and the call goes on without it, for as long as `all` want it and no longer than any call may. How the call
 * ends is told to all alike.
 */
export class Seat implements Leader<Head> {
  readonly #options: SeatOptions;
  readonly #onClientGone = () => this.#leave(clientGone());
  /** Null while nobody shares the call. */
  #controller: AbortController | null = null;
  #stopTimer = () => {};

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  get call(): AbortSignal {
    return this.#options.life.scope.signal;
  }

  /** The client has gone, or its time was over, while others shared its call. */
  get isGivenUp(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  share(all: AbortSignal): Passenger<Head> {
    const { life, clock, totalMs, tap } = this.#options;
    const { scope, record, now } = life;
    const { signal: client, startedAt } = record.incoming;
    const ownMs = scope.deadline.totalLeftMs;
    const callMs = totalMs - (now - startedAt);
    this.#controller = new AbortController();
    scope.follow(all, callMs);
    if (client.aborted) this.#onClientGone();
    else client.addEventListener('abort', this.#onClientGone);
    // Whoever has all the time that there is hears of its end from the call.
    if (ownMs < callMs) this.#stopTimer = clock.after(ownMs, () => this.#leave(timedOut('total')));
    return { signal: this.#controller.signal, tap: (head) => tap(head, all) };
  }

  /** The client has its answer, or none. */
  close(): void {
    if (this.#controller === null) return;
    this.#stopTimer();
    this.#options.life.record.incoming.signal.removeEventListener('abort', this.#onClientGone);
  }

  #leave(reason: GatewayError): void {
    this.#controller?.abort(reason);
  }
}
