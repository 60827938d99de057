/** The gateway as an operator starts it: one worker, one provider, one key, all else by default. */
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ChildSpec, CORE, freePort } from '../children.ts';

/** The key with which every contestant is called; the baselines ignore it. */
export const BENCH_KEY = 'bench-key-0123456789abcdef0123456789abcdef';

export interface Around {
  /** Origin of the mock, e.g. `http://127.0.0.1:4000`. */
  readonly upstream: string;
  /** Null where no contestant needs a Redis. */
  readonly redisUrl: string | null;
}

/** What its cache is. All else is the same. */
const CACHES = {
  /** None: every call is relayed, as the two relays do it. */
  gateway: () => ({ CACHE_MODE: 'off' }),
  /** As it comes: in the process alone. */
  'gateway-l1': () => ({}),
  /** Behind the first tier a Redis. */
  'gateway-l1-l2': ({ redisUrl }) => withRedis(redisUrl),
  /** Redis alone: the first tier has room for one answer, which is never the one that is asked for. */
  'gateway-l2': ({ redisUrl }) => ({ ...withRedis(redisUrl), L1_CACHE_SIZE: '1' }),
} as const satisfies Record<string, (around: Around) => Record<string, string>>;

export type GatewayName = keyof typeof CACHES;

const MAIN = fileURLToPath(new URL('../../adapters/node/main.ts', import.meta.url));

export function isGateway(name: string): name is GatewayName {
  return Object.hasOwn(CACHES, name);
}

function withRedis(redisUrl: string | null): { REDIS_URL: string } {
  if (redisUrl === null) throw new Error('this scenario runs without a Redis');
  return { REDIS_URL: redisUrl };
}

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

export async function gatewaySpec(name: GatewayName, around: Around): Promise<ChildSpec> {
  const port = await freePort();
  return {
    name,
    run: MAIN,
    core: CORE.tested,
    port,
    env: {
      HOST: '127.0.0.1',
      METRICS_PORT: String(await freePort()),
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `${around.upstream}/v1`,
      GATEWAY_API_KEYS: `bench:${BENCH_KEY}`,
      ...CACHES[name](around),
    },
    isReady: () => answersReady(port),
  };
}
