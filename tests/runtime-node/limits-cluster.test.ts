import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY } from '../support/black-box.ts';
import {
  type FaultUpstream,
  hangBeforeHeaders,
  json,
  startFaultUpstream,
} from '../support/fault-upstream.ts';
import { send } from '../support/http-client.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

const ADMIN = 'sk-admin-key-0123456789';
const key = (name: string) => `sk-gateway-cluster-${name}`;
/** What one call costs, in nano-dollars: 20 tokens in and 100 out of gpt-4o-mini, no more than it may take. */
const COST = 20 * 150 + 100 * 600;
const REPLY = {
  ...CHAT_REPLY,
  usage: { prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 },
};
const RPM = 300;

const file = (upstream: string) => `
providers:
  openai: { base_url: "${upstream}/v1", api_key: sk-upstream }
keys:
  - { name: budget, key: ${key('budget')}, budgets: [{ usd: ${(COST * 100) / 1e9}, period: total }] }
  - { name: rate, key: ${key('rate')}, rpm: ${RPM} }
  - { name: slots, key: ${key('slots')}, concurrency: 5 }
`;

describeWithRedis('three gateways that share a Redis Cluster', () => {
  const started: { redis?: RedisCluster; upstream?: FaultUpstream } = {};
  const gateways: NodeGateway[] = [];

  beforeAll(async () => {
    const [redis, upstream] = await Promise.all([startRedisCluster(), startFaultUpstream(json(200, REPLY))]);
    Object.assign(started, { redis, upstream });
    gateways.push(...(await Promise.all([0, 1, 2].map(startConnected))));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await started.upstream?.close();
    await started.redis?.stop();
  });

  /** A gateway whose limits are connected to the cluster. */
  async function startConnected(): Promise<NodeGateway> {
    const nodes = started.redis?.nodes.map(({ host, port }) => `${host}:${port}`) ?? [];
    const env = {
      ADMIN_API_KEY: ADMIN,
      REDIS_CLUSTER_NODES: nodes.join(','),
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      // A machine that is busy must not make it about time: nothing may be decided alone.
      LIMITS_ON_STORE_FAILURE: 'closed',
    };
    const gateway = await startNode(env, file(started.upstream?.url ?? ''));
    await until('the limits are connected', async () => (await call(gateway, 'slots')) === 200);
    return gateway;
  }

  async function call({ url }: NodeGateway, name: string, model = CHAT.model): Promise<number> {
    const headers = { authorization: `Bearer ${key(name)}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ ...CHAT, model, max_tokens: 100 });
    const answer = await send(`${url}/v1/chat/completions`, { headers, body });
    await answer.text();
    return answer.status;
  }

  const at = (i: number) => {
    const gateway = gateways[i % gateways.length];
    if (gateway === undefined) throw new Error('not started');
    return gateway;
  };

  /** What a call was answered with, once it was decided: a busy machine may take longer than the store's deadline. */
  async function decided(i: number, name: string, model?: string): Promise<number> {
    for (;;) {
      const status = await call(at(i), name, model);
      if (status !== 503) return status;
    }
  }

  async function spent(name: string): Promise<{ cost: number; attempts: number }> {
    const headers = { authorization: `Bearer ${key(name)}` };
    const answer = await send(`${at(0).url}/v1/usage`, { headers });
    const { data } = (await answer.json()) as { data: { cost_usd: string; attempts: number }[] };
    return {
      cost: data.reduce((sum, line) => sum + Math.round(Number(line.cost_usd) * 1e9), 0),
      attempts: data.reduce((sum, line) => sum + line.attempts, 0),
    };
  }

  it('never spend more than a budget, by 500 calls at once', async () => {
    const before = started.upstream?.journal.length ?? 0;
    const statuses = await Promise.all(Array.from({ length: 500 }, (_, i) => decided(i, 'budget')));
    const answered = statuses.filter((status) => status === 200).length;
    expect(new Set(statuses)).toEqual(new Set([200, 402]));
    expect(answered).toBeGreaterThan(50);
    expect(answered).toBeLessThanOrEqual(100);
    expect((started.upstream?.journal.length ?? 0) - before).toBe(answered);
    await until('all is entered', async () => (await spent('budget')).attempts === answered);
    // What was held beyond what was used is free again, and is used up one by one.
    let more = 0;
    // Where the machine was too busy to hear of a claim, it is free when its lease is over.
    await until(
      'what is free is used up',
      async () => {
        while ((await decided(more, 'budget')) === 200) more += 1;
        return answered + more > 97;
      },
      { deadlineMs: 60_000, everyMs: 500 },
    );
    const total = answered + more;
    expect(total).toBeLessThanOrEqual(100);
    await until('all is entered', async () => (await spent('budget')).attempts === total);
    expect((await spent('budget')).cost).toBe(total * COST);
  }, 120_000);

  it('hold a rate to within a hundredth', async () => {
    const startedAt = performance.now();
    const statuses: number[] = [];
    const caller = async (_: unknown, start: number) => {
      for (let i = start; i < RPM * 1.5; i += 30) statuses.push(await decided(i, 'rate', 'sandbox/echo'));
    };
    await Promise.all(Array.from({ length: 30 }, caller));
    const minutes = (performance.now() - startedAt) / 60_000;
    const passed = statuses.filter((status) => status === 200).length;
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(passed).toBeGreaterThanOrEqual(RPM);
    expect(passed).toBeLessThanOrEqual(Math.ceil(RPM * (1 + minutes) * 1.01));
  }, 120_000);

  it('give the slots back of a gateway that is killed', async () => {
    const victim = await startConnected();
    started.upstream?.script(hangBeforeHeaders);
    const before = started.upstream?.journal.length ?? 0;
    /** The slot of the call before is given back a moment after its answer. */
    const hold = async (): Promise<number> => {
      for (;;) {
        const status = await call(victim, 'slots').catch(() => 0);
        if (status !== 429 && status !== 503) return status;
      }
    };
    const held = Array.from({ length: 5 }, hold);
    await until('all are under way', () => (started.upstream?.journal.length ?? 0) >= before + 5, {
      deadlineMs: 30_000,
    });
    started.upstream?.script(json(200, REPLY));
    expect(await decided(0, 'slots')).toBe(429);
    victim.signal('SIGKILL');
    await Promise.all(held);
    expect(await decided(1, 'slots')).toBe(429);
    await until('the leases are over', async () => (await decided(2, 'slots')) === 200, {
      deadlineMs: 60_000,
      everyMs: 500,
    });
  }, 120_000);
});
