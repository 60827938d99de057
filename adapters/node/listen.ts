import type { Server } from 'node:http';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The variable that chooses the port, for messages. */
  readonly setting: 'PORT' | 'METRICS_PORT';
}

/**
 * Where the server listens: its URL, with the port that was given when 0 was asked for.
 * @throws Error in a sentence that says what to do, when the address cannot be had.
 */
export function listen(server: Server, address: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(explain(error, address));
    server.once('error', refused);
    server.listen(address.port, address.host, () => {
      server.off('error', refused);
      resolve(urlOf(server, address.host));
    });
  });
}

function explain(error: NodeJS.ErrnoException, { host, port, setting }: Address): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `${host}:${port} is in use by another process; stop that one or choose another ${setting}`,
      );
    case 'EACCES':
      return new Error(
        `this user may not listen on ${host}:${port}; choose a ${setting} above 1023 or run with CAP_NET_BIND_SERVICE`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`HOST=${host} is no address of this machine; 0.0.0.0 stands for all of them`);
    default:
      return new Error(`cannot listen on ${host}:${port} (${setting}): ${error.message}`);
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
