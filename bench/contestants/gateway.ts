/** The gateway as an operator starts it: one worker, one provider, one key, all else by default. */
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ChildSpec, CORE, freePort } from '../children.ts';

/** The key with which every contestant is called; the baselines ignore it. */
export const BENCH_KEY = 'bench-key-0123456789abcdef0123456789abcdef';

const MAIN = fileURLToPath(new URL('../../adapters/node/main.ts', import.meta.url));

function answersReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: 1_000 },
      (reply) => {
        reply.resume();
        reply.once('close', () => resolve(reply.statusCode === 200));
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

/** @param upstream origin of the mock, e.g. `http://127.0.0.1:4000` */
export async function gatewaySpec(upstream: string): Promise<ChildSpec> {
  const port = await freePort();
  return {
    name: 'gateway',
    file: MAIN,
    core: CORE.tested,
    port,
    env: {
      HOST: '127.0.0.1',
      METRICS_PORT: String(await freePort()),
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `${upstream}/v1`,
      GATEWAY_API_KEYS: `bench:${BENCH_KEY}`,
    },
    isReady: () => answersReady(port),
  };
}
