import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { App } from '../../src/index.ts';
import type { Background } from '../../src/ports/background.ts';

export interface ServerOptions {
  readonly app: App;
  readonly background: Background;
  readonly host: string;
  readonly port: number;
}

export interface RunningServer {
  readonly url: string;
  /** Requests that have begun and whose answers are not complete. */
  active(): number;
  /** From now on every answer tells its keep-alive connection to close; idle ones close at once. */
  sendAway(): void;
  /** Takes no connection any more and resolves when the last one is gone. */
  stop(): Promise<void>;
  /** Breaks what is left. */
  breakOff(): void;
}

/** Longer than the 60 s after which load balancers usually let go, so that it is never we who close on a request. */
const KEEP_ALIVE_MS = 65_000;

/** @throws when the address is taken or not ours. */
export async function startServer({ app, background, host, port }: ServerOptions): Promise<RunningServer> {
  const env = { background };
  const server = createAdaptorServer({ fetch: (request) => app.fetch(request, env) }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  let active = 0;
  let sendingAway = false;
  server.prependListener('request', (_request, response) => {
    active++;
    if (sendingAway) response.setHeader('connection', 'close');
    response.once('close', () => {
      active--;
    });
  });
  await listen(server, host, port);
  return {
    url: urlOf(server, host),
    active: () => active,
    sendAway() {
      sendingAway = true;
      server.closeIdleConnections();
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    breakOff: () => server.closeAllConnections(),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
