import { connect, createServer, type Socket } from 'node:net';
import { send } from './http-client.ts';
import { type Listening, listen } from './ports.ts';

export interface Balancer extends Listening {
  /** From now on connections may go there. */
  add(url: string): void;
}

/**
 * Deals connections out in turn to those that say they are ready, as the network of a cluster does: what was connected stays
 * connected, and a fall of the readiness is noticed `everyMs` late.
 */
export async function startBalancer(everyMs: number): Promise<Balancer> {
  const ready = new Map<string, boolean>();
  let turn = 0;
  const server = createServer((client) => {
    const urls = [...ready].flatMap(([url, isReady]) => (isReady ? [url] : []));
    turn += 1;
    const url = urls[turn % urls.length];
    if (url === undefined) client.destroy();
    else join(client, url);
  });
  const poll = setInterval(() => {
    for (const url of ready.keys()) void isReady(url).then((now) => ready.set(url, now));
  }, everyMs);
  const listening = await listen(server);
  return {
    ...listening,
    add: (url) => void ready.set(url, true),
    close() {
      clearInterval(poll);
      return listening.close();
    },
  };
}

function join(client: Socket, url: string): void {
  const { hostname, port } = new URL(url);
  const upstream = connect(Number(port), hostname);
  client.on('error', () => upstream.destroy());
  // The client sees what the gateway did: a refusal and a reset as a reset.
  upstream.on('error', () => client.resetAndDestroy());
  client.pipe(upstream).pipe(client);
}

function isReady(url: string): Promise<boolean> {
  return send(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
