import { connect, createServer } from 'node:net';
import { listen } from './ports.ts';

/** Stands between two ends of TCP and can swallow what one of them says. */
export interface TcpProxy {
  readonly port: number;
  swallow(what: 'nothing' | 'requests' | 'replies'): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let swallowed: Parameters<TcpProxy['swallow']>[0] = 'nothing';
  const server = createServer((client) => {
    const upstream = connect(target);
    client.on('data', (bytes) => swallowed !== 'requests' && upstream.write(bytes));
    upstream.on('data', (bytes) => swallowed !== 'replies' && client.write(bytes));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  const { port, close } = await listen(server);
  return {
    port,
    swallow: (what) => {
      swallowed = what;
    },
    close,
  };
}
