/** What limits, budgets and the ledger cost a call: `npx node bench/limits.ts`. Redis is started on loopback, if it is installed. */
import { createMemoryDeps } from '../adapters/memory/deps.ts';
import { createMemoryLogger } from '../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../adapters/node/redis/client.ts';
import { createRedisLimitStore } from '../adapters/node/redis/limit-store.ts';
import type { LimitPolicy } from '../src/domain/limits.ts';
import type { Principal } from '../src/domain/principal.ts';
import { createClaimPlanner } from '../src/limits/plan-claims.ts';
import type { LimitStore } from '../src/ports/limit-store.ts';
import { startRedisCluster } from '../tests/support/redis-cluster.ts';
import { until } from '../tests/support/wait.ts';

const LARGE = 1_000_000_000;
const LIMITS = { rpm: LARGE, tpm: LARGE, concurrency: LARGE };
const budget = (period: 'day' | 'month') => ({ usd: 9e15, period, softPercent: 80 });
const POLICY: LimitPolicy = {
  key: LIMITS,
  everyone: { rpm: null, tpm: null, concurrency: null },
  tenants: { shop: { limits: LIMITS, budgets: [budget('month')], tagBudgets: {} } },
  models: {},
};
const holder: Pick<Principal, 'tenant' | 'keyId' | 'keyName' | 'limits' | 'budgets' | 'tags'> = {
  tenant: 'shop',
  keyId: 'key-1',
  keyName: 'key-1',
  limits: LIMITS,
  budgets: [budget('day')],
  tags: [],
};
const usage = {
  input: 900,
  cacheRead: 100,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 200,
  reasoning: 0,
  estimated: false,
};

const deps = createMemoryDeps({ fetch: () => Promise.reject(new Error('no network')) });
const planner = createClaimPlanner(POLICY);
let calls = 0;

/** All that a call does: plan and claim, with every kind of limit, then settle. Milliseconds of the claim. */
async function call(store: LimitStore): Promise<number> {
  const id = `call-${++calls}`;
  const startedAt = performance.now();
  const demand = { principal: holder as Principal, id, models: [], tags: [], tokens: 1200, hold: 1_000_000 };
  const [{ claim }] = planner.plan(demand);
  const { refusal } = await store.claim(claim);
  const tookMs = performance.now() - startedAt;
  if (refusal !== null) throw new Error(`refused: ${refusal.kind}`);
  const of = {
    requestId: id,
    tenant: 'shop',
    keyId: 'key-1',
    provider: 'openai',
    model: 'gpt-4o-mini',
    tags: [],
  };
  const entry = { ...of, id: `${id}-1`, at: Date.now(), isAttempt: true, usage, cost: 150_000, saved: 0 };
  await store.settle({ claim, taken: [1, 1200, 1, 1200], entries: [entry], orphan: false });
  return tookMs;
}

async function inMemory(): Promise<void> {
  const micros: number[] = [];
  for (let batch = 0; batch < 30; batch += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < 5_000; i += 1) await call(deps.limits);
    const { user, system } = process.cpuUsage(before);
    micros.push((user + system) / 5_000);
  }
  micros.sort((a, b) => a - b);
  console.log(
    `in memory: ${micros[15]?.toFixed(2)} us of CPU a call (median of 30 batches; best ${micros[0]?.toFixed(2)})`,
  );
}

async function overRedis(): Promise<void> {
  const servers = await startRedisCluster();
  const logger = createMemoryLogger();
  const clusterNodes = servers.nodes.map(({ host, port }) => `${host}:${port}`);
  const client = createRedisClient({ clusterNodes, url: null, password: null, logger });
  try {
    await until('the client is connected', () => client.isUp());
    let sent = 0;
    const counting: RedisClient = {
      ...client,
      send(command) {
        sent += 1;
        return client.send(command);
      },
    };
    const store = createRedisLimitStore({ client: counting, clock: deps.clock, logger, deadlineMs: 5_000 });
    for (let i = 0; i < 500; i += 1) await call(store);
    sent = 0;
    const times: number[] = [];
    const before = process.cpuUsage();
    for (let i = 0; i < 5_000; i += 1) times.push(await call(store));
    const { user, system } = process.cpuUsage(before);
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)]?.toFixed(3);
    console.log(
      `Redis Cluster: ${at(0.5)} ms p50, ${at(0.99)} ms p99 for the decision; ${sent / 5_000} commands a call; ${((user + system) / 5_000).toFixed(0)} us of CPU a call`,
    );
  } finally {
    client.close();
    await servers.stop();
  }
}

await inMemory();
await overRedis();
