import { type buildConnector, Client, type Dispatcher } from 'undici';
import { UpstreamCall } from './call.ts';
import { ConnectAttempt } from './connect-attempt.ts';

/**
 * One connection of a pool. undici gives a handler no hold on its call before the request is written, so an abort could
 * end neither a call in line nor a connection attempt. Hence this: the call learns which client took it, and can give up
 * the attempt. With `pipelining: 1` a client has one call at a time.
 */
export class PooledClient extends Client {
  readonly #attempt: ConnectAttempt;

  private constructor(origin: URL, options: Client.Options, attempt: ConnectAttempt) {
    super(origin, options);
    this.#attempt = attempt;
  }

  static create(origin: URL, options: Client.Options, connect: buildConnector.connector): PooledClient {
    const attempt = new ConnectAttempt();
    return new PooledClient(origin, { ...options, connect: attempt.follow(connect) }, attempt);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!(handler instanceof UpstreamCall)) return super.dispatch(options, handler);
    // Aborted while in line: it needs no connection.
    if (handler.over) return true;
    handler.enter(this.#attempt);
    // undici answers `false`, "busy", also for a call that it refused at once, and a pool never asks a busy client again
    // before it reports having drained, which this one would never do.
    return super.dispatch(options, handler) || handler.over;
  }
}
