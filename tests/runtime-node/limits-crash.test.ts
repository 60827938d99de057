import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/wait.ts';
import { type BillingUpstream, startBillingUpstream } from './billing-upstream.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

/** What happens to a call before its gateway is killed. */
interface Course {
  /** Words that the provider has said, and the store has noted, by then. Null: it was never asked. */
  readonly said: number | null;
  /** What is lost on the way to the store, from then on. */
  readonly lost?: 'requests' | 'replies';
  /** The store is killed then, and is back before the end, after the end of the call, or after that of the gateway. */
  readonly storeBack?: 'before the end' | 'after the end' | 'after the kill';
  /** The answer comes to its end. */
  readonly ends?: true;
  /** The kill waits until the store has heard what the call cost. */
  readonly settled?: true;
}

/**
 * Where a gateway is killed between a reservation and its settlement, and what the provider has served by then. The provider
 * counts as the gateway estimates: a token for each word, and for four characters of the question.
 */
const COURSES = {
  'reserved, its reply lost': { said: null },
  'asked and noted': { said: 0 },
  'streaming and noted': { said: 5 },
  'ended, settlement lost': { said: 5, lost: 'requests', ends: true },
  'settled, its reply lost': { said: 5, lost: 'replies', ends: true, settled: true },
  'store gone when asked': { said: 0, storeBack: 'before the end', ends: true, settled: true },
  'store gone in the stream': { said: 5, storeBack: 'before the end', ends: true, settled: true },
  'store gone at the end': { said: 5, storeBack: 'after the end', ends: true, settled: true },
  'store gone, gateway too': { said: 5, storeBack: 'after the kill' },
} as const satisfies Record<string, Course>;
type Step = keyof typeof COURSES;
const STEPS = Object.keys(COURSES) as Step[];

/** A note may be three seconds away, and the machine busy. */
const SOON = { deadlineMs: 30_000 };

const ADMIN = 'sk-admin-key-0123456789';
const nameOf = (step: Step) => step.replaceAll(/[^a-z]+/g, '-');
const keyOf = (step: Step) => `sk-gateway-crash-${nameOf(step)}`;
/** Equally long for all steps, so that their input is. */
const bodyOf = (step: Step) =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    stream: true,
    max_tokens: 1000,
    messages: [{ role: 'user', content: step.padEnd(40, '.') }],
  });
const INPUT = Math.ceil(bodyOf('asked and noted').length / 4);
const costOf = (input: number, output: number) => input * 150 + output * 600;

const file = (upstream: string) => `
providers:
  openai: { base_url: "${upstream}/v1", api_key: sk-upstream }
keys:
${STEPS.map((step) => `  - { name: ${nameOf(step)}, key: ${keyOf(step)}, budgets: [{ usd: 1, period: total }] }`).join('\n')}
`;

describeWithRedis('a gateway that is killed', () => {
  const started: { redis?: RedisCluster; upstream?: BillingUpstream; client?: Redis } = {};
  const proxies: TcpProxy[] = [];
  const gateways: NodeGateway[] = [];

  function all() {
    const { redis, upstream, client } = started;
    const [node] = redis?.nodes ?? [];
    if (redis === undefined || upstream === undefined || client === undefined || node === undefined)
      throw new Error('not started');
    return { redis, upstream, client, node };
  }

  // Each try has stores and gateways of its own: what one left behind would be billed in the next.
  beforeEach(async () => {
    const redis = await startRedisCluster({ nodes: 1, durable: true });
    const client = new Redis({ host: '127.0.0.1', port: redis.nodes[0]?.port ?? 0, protocol: 2 });
    client.on('error', () => {});
    Object.assign(started, { redis, client, upstream: await startBillingUpstream(INPUT) });
  }, 60_000);
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    started.client?.disconnect();
    await started.upstream?.close();
    await started.redis?.stop();
  });

  async function startGatewayAt(port: number): Promise<NodeGateway> {
    const env = {
      ADMIN_API_KEY: ADMIN,
      LEDGER_REDIS_URL: `redis://127.0.0.1:${port}`,
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      LIMITS_ON_STORE_FAILURE: 'closed',
    };
    const gateway = await startNode(env, file(all().upstream.url));
    gateways.push(gateway);
    const headers = { authorization: `Bearer ${keyOf('asked and noted')}` };
    await until(
      'the limits are connected',
      async () => {
        const answer = await send(`${gateway.url}/v1/models`, { headers });
        await answer.text();
        return answer.status === 200;
      },
      SOON,
    );
    return gateway;
  }

  const account = async (step: Step) => {
    const kept = await all().client.get(`le:{${nameOf(step)}}:b:total:key%003astatic-${nameOf(step)}`);
    const [, spent, reserved] = kept?.split(':') ?? [];
    return { spent: Number(spent ?? 0), reserved: Number(reserved ?? 0) };
  };
  const isReserved = (step: Step) =>
    until(`${step}: it is reserved`, async () => (await account(step)).reserved > 0, SOON);
  const isNoted = (step: Step, output: number) =>
    until(
      `${step}: it is noted`,
      async () => {
        const names = await all().client.keys(`le:{${nameOf(step)}}:b:call:*`);
        const calls = await Promise.all(names.map((name) => all().client.get(name)));
        const [call] = calls.map((kept) => JSON.parse(kept?.slice(kept.indexOf(':') + 1) ?? '{}'));
        const attempts: { usage: { output: number } | null }[] = call?.entries ?? [];
        // An attempt that never reached the provider, where the machine is busy, is followed by another.
        if (attempts.some(({ usage }) => usage?.output === output)) return true;
        throw new Error(`kept: ${calls.join(', ')}; the gateway: ${gateways.at(-1)?.logs()}`);
      },
      SOON,
    );

  /** Does a call up to the step, and kills the gateway there. What the provider served, as nano-dollars. */
  async function crashAt(step: Step): Promise<number> {
    const course: Course = COURSES[step];
    const { upstream, node, redis } = all();
    const proxy = await startTcpProxy(node);
    proxies.push(proxy);
    const gateway = await startGatewayAt(proxy.port);
    const question = step.padEnd(40, '.');
    if (course.said === null) proxy.swallow('replies');
    const headers = { authorization: `Bearer ${keyOf(step)}`, 'content-type': 'application/json' };
    const call = send(`${gateway.url}/v1/chat/completions`, { headers, body: bodyOf(step) })
      .then((answer) => answer.read())
      .catch(() => null);
    await isReserved(step);
    if (course.said === null) {
      proxy.swallow('requests');
      gateway.signal('SIGKILL');
      return 0;
    }
    await upstream.asked(question);
    upstream.say(question, course.said);
    await isNoted(step, course.said);
    if (course.lost !== undefined) proxy.swallow(course.lost);
    if (course.storeBack !== undefined) redis.kill(0);
    if (course.storeBack === 'before the end') await redis.restart(0);
    if (course.ends) {
      upstream.end(question);
      await call;
    }
    if (course.storeBack === 'after the end') await redis.restart(0);
    if (course.settled)
      await until(`${step}: it is settled`, async () => (await account(step)).spent > 0, {
        deadlineMs: 30_000,
      });
    gateway.signal('SIGKILL');
    if (course.storeBack === 'after the kill') await redis.restart(0);
    return costOf(INPUT, upstream.served(question));
  }

  async function billed(gateway: NodeGateway): Promise<Record<string, number>> {
    const headers = { authorization: `Bearer ${ADMIN}` };
    const answer = await send(`${gateway.url}/admin/usage?group_by=tenant`, { headers });
    const { data } = (await answer.json()) as { data: { tenant: string; cost_usd: string }[] };
    return Object.fromEntries(data.map((line) => [line.tenant, Math.round(Number(line.cost_usd) * 1e9)]));
  }

  it('at any step leaves a ledger that is what the provider served, once it is swept', async () => {
    const served: Record<string, number> = {};
    for (const step of STEPS) served[nameOf(step)] = await crashAt(step);
    const survivor = await startGatewayAt(all().node.port);
    for (const step of STEPS)
      await until(`${step}: nothing is reserved`, async () => (await account(step)).reserved === 0, {
        deadlineMs: 90_000,
        everyMs: 500,
      });
    const bills = await billed(survivor);
    for (const step of STEPS) {
      expect(bills[nameOf(step)] ?? 0, step).toBe(served[nameOf(step)]);
      expect((await account(step)).spent, step).toBe(served[nameOf(step)]);
    }
  }, 240_000);
});
