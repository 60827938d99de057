import { createServer } from 'node:net';

/** The wished one if nobody listens there, else any that is free. 0 wishes for any. */
export async function freePort(wished: number | string): Promise<number> {
  return (await tryPort(Number(wished))) ?? (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | null> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(null));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
