import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import { Deadline, type DeadlineKind } from './deadline.ts';

/**
 * How long a call may live: until its client leaves or a deadline passes. Its signal goes to the upstream and aborts
 * with the `GatewayError` that says why.
 */
export class CallScope {
  readonly deadline: Deadline;
  readonly #controller = new AbortController();
  #client: AbortSignal;
  readonly #onClientGone = () => this.#abort(clientGone());

  constructor(clock: Clock, client: AbortSignal, totalMs: number) {
    this.#client = client;
    this.deadline = new Deadline(clock, totalMs, (kind) => this.#abort(timedOut(kind)));
    if (client.aborted) this.#onClientGone();
    else if (totalMs <= 0) this.#abort(timedOut('total'));
    else client.addEventListener('abort', this.#onClientGone);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * From now on it is this signal that ends the call, as if it were the client: it aborts when none of those who share the
   * answer wants it any more. What time the client has is no matter of the call's either: that has `totalMs` from now.
   */
  follow(all: AbortSignal, totalMs: number): void {
    this.deadline.restart(totalMs);
    this.#client.removeEventListener('abort', this.#onClientGone);
    this.#client = all;
    if (all.aborted) this.#onClientGone();
    else all.addEventListener('abort', this.#onClientGone);
  }

  /** The gateway itself ends the call: the upstream stops, and the client is told why. */
  end(reason: GatewayError): void {
    this.#abort(reason);
  }

  /** @throws GatewayError when the call is over already. */
  check(): void {
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** The call is over: timers and listeners go. The upstream is not told. */
  close(): void {
    this.deadline.clear();
    this.#client.removeEventListener('abort', this.#onClientGone);
  }

  #abort(reason: GatewayError): void {
    this.close();
    this.#controller.abort(reason);
  }
}

export function clientGone(): GatewayError {
  return new GatewayError(
    'client_closed',
    'The client closed the connection before the answer was complete.',
  );
}

export function timedOut(kind: DeadlineKind): GatewayError {
  return new GatewayError('upstream_timeout', TIMEOUT_TEXT[kind]);
}

const TIMEOUT_TEXT: Readonly<Record<DeadlineKind, string>> = {
  first_byte: 'The provider did not begin to answer in time (FIRST_BYTE_TIMEOUT_MS): try again.',
  idle: 'The provider fell silent in the middle of its answer (IDLE_TIMEOUT_MS): try again.',
  total: 'The call took longer than it may (REQUEST_TIMEOUT_MS or x-llm-edge-timeout-ms).',
};
