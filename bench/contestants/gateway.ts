/** The gateway as an operator starts it: one worker, one provider, one key, all else by default. */
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ChildSpec, CORE, freePort } from '../children.ts';
import { USAGE } from '../wire.ts';

/** The key with which every contestant is called; the baselines ignore it. */
export const BENCH_KEY = 'bench-key-0123456789abcdef0123456789abcdef';

/** Both as `limits.yaml` has them. */
export const DAILY_BUDGET_USD = 100_000;
export const NANO_USD_PER_CALL = USAGE.prompt_tokens * 150 + USAGE.completion_tokens * 600;

export interface Around {
  /** Origin of the mock, e.g. `http://127.0.0.1:4000`. */
  readonly upstream: string;
  /** Null where no contestant needs a Redis. */
  readonly redisUrl: string | null;
  /** As `REDIS_CLUSTER_NODES` takes them; null where no contestant needs a cluster. */
  readonly clusterNodes: readonly string[] | null;
}

/** In what they differ: the cache, or limits. All else is the same. */
const DIFFERENCES = {
  /** None: every call is relayed, as the two relays do it. */
  gateway: () => ({ CACHE_MODE: 'off' }),
  /** As it comes: in the process alone. */
  'gateway-l1': () => ({}),
  /** Behind the first tier a Redis. */
  'gateway-l1-l2': ({ redisUrl }) => withRedis(redisUrl),
  /** Redis alone: the first tier has room for one answer, which is never the one that is asked for. */
  'gateway-l2': ({ redisUrl }) => ({ ...withRedis(redisUrl), L1_CACHE_SIZE: '1' }),
  /** No cache, and each call held to all limits and budgets that a tenant can have, in a Redis Cluster. */
  'gateway-limits': ({ clusterNodes }) => withLimits('limits', clusterNodes),
  /** And to limits of all keys together, which lie on another node than the tenant's. */
  'gateway-limits-global': ({ clusterNodes }) => ({
    ...withLimits('limits-global', clusterNodes),
    GLOBAL_RPM: '1000000000',
    GLOBAL_TPM: '1000000000',
    GLOBAL_CONCURRENCY: '1000000',
  }),
} as const satisfies Record<string, (around: Around) => Record<string, string>>;

export type GatewayName = keyof typeof DIFFERENCES;

const MAIN = fileURLToPath(new URL('../../adapters/node/main.ts', import.meta.url));
const LIMITS_FILE = fileURLToPath(new URL('limits.yaml', import.meta.url));

export function isGateway(name: string): name is GatewayName {
  return Object.hasOwn(DIFFERENCES, name);
}

function withRedis(redisUrl: string | null): { REDIS_URL: string } {
  if (redisUrl === null) throw new Error('this scenario runs without a Redis');
  return { REDIS_URL: redisUrl };
}

function withLimits(keyName: string, clusterNodes: readonly string[] | null): Record<string, string> {
  if (clusterNodes === null) throw new Error('this scenario runs without a Redis Cluster');
  return {
    CACHE_MODE: 'off',
    LLM_EDGE_CONFIG: LIMITS_FILE,
    BENCH_KEY,
    BENCH_KEY_NAME: keyName,
    GATEWAY_API_KEYS: '',
    REDIS_CLUSTER_NODES: clusterNodes.join(','),
  };
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${BENCH_KEY}` };
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 1_000 }, (reply) => {
      reply.resume();
      reply.once('close', () => resolve(reply.statusCode === 200));
    });
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
      ...DIFFERENCES[name](around),
    },
    // Usage is read from where limits are kept: a Redis that is not connected yet is no store.
    isReady: async () => (await answers(port, '/health/ready')) && (await answers(port, '/v1/usage')),
  };
}
