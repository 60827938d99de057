import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { ReloadableApp } from '../../src/index.ts';
import type { Background } from '../../src/ports/background.ts';
import { followConnections } from './connections.ts';
import { listen } from './listen.ts';
import { Places } from './places.ts';

export interface ServerOptions {
  readonly app: Pick<ReloadableApp, 'fetch'>;
  readonly background: Background;
  readonly host: string;
  readonly port: number;
  /** After each answer, whole or broken. */
  readonly onAnswered: () => void;
}

export interface RunningServer {
  readonly url: string;
  /** Requests that have begun and whose answers are not complete. */
  active(): number;
  /** Connections that are open, idle ones too. */
  connections(): number;
  /** From now on every answer tells its keep-alive connection to close. */
  sendAway(): void;
  /** Takes no connection any more, ends those that are idle for `quietMs`, and resolves when none is open. */
  stop(quietMs: number): Promise<void>;
  /** Breaks what is left. */
  breakOff(): void;
}

/** Longer than the 60 s after which load balancers usually let go, so that it is never we who close on a request. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Malformed requests get a 400, headers above 16 KiB a 431 and requests that never end a 408: Node's own answers,
 * as long as nobody listens for `clientError`.
 * @throws Error in a sentence when the address cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const env = { background: options.background };
  const server = createAdaptorServer({
    fetch: (request) => options.app.fetch(request, env),
    // Without noDelay, Nagle's algorithm would hold back the small events of a stream.
    serverOptions: { noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS },
  }) as Server;
  const connections = followConnections(server);
  const answers = followAnswers(server, options.onAnswered);
  const url = await listen(server, { host: options.host, port: options.port, setting: 'PORT' });
  return {
    url,
    active: answers.active,
    connections: connections.count,
    sendAway: answers.sendAway,
    stop(quietMs) {
      // Not the `close` of an HTTP server, which ends idle connections at once.
      NetServer.prototype.close.call(server);
      return connections.end(quietMs);
    },
    breakOff: () => server.closeAllConnections(),
  };
}

/** The answers under way, from the end of their request's headers to their own end. */
function followAnswers(server: Server, onAnswered: () => void) {
  const underWay = new Places<ServerResponse>();
  let sendingAway = false;
  server.prependListener('request', (_request, response) => {
    const place = underWay.take(response);
    if (sendingAway) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.leave(place);
      onAnswered();
    });
  });
  return {
    active: () => underWay.size,
    sendAway() {
      sendingAway = true;
      for (const response of underWay.values()) {
        if (!response.headersSent) response.setHeader('connection', 'close');
      }
    },
  };
}
