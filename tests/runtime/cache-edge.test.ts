import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, chatEvents, KEY, USAGE_EVENT } from '../support/black-box.ts';
import {
  type FaultUpstream,
  hangBeforeHeaders,
  json,
  sse,
  sseText,
  startFaultUpstream,
} from '../support/fault-upstream.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { type ClientRequest, send } from '../support/http-client.ts';
import { unusedPort } from '../support/ports.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from '../support/upstash-server.ts';
import { until, within } from '../support/wait.ts';

const EVENTS = [...chatEvents(['One', ' two']).slice(0, -1), USAGE_EVENT, 'data: [DONE]'];
const OTHER_KEY = 'sk-gateway-test-key-0002';
/** Of an operation of Upstash. A call that looks up, and whose purges are looked up, waits for two at most. */
const DEADLINE_MS = 150;
/** What the call itself takes on a machine that runs other tests beside this one. */
const MARGIN_MS = 700;

let count = 0;
const fresh = (more: object = {}) => ({
  ...CHAT,
  messages: [{ role: 'user', content: `Edge question ${++count}` }],
  ...more,
});

async function ask({ url }: RunningGateway, body: object, { headers, ...options }: ClientRequest = {}) {
  const all = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers };
  const payload = JSON.stringify(body);
  const answer = await send(`${url}/v1/chat/completions`, { ...options, headers: all, body: payload });
  const text = await answer.text();
  return { status: answer.status, cache: answer.headers['x-llm-edge-cache'], text };
}

describeWithRedis('the shared cache at the edge', () => {
  let redis: RedisCluster;
  let upstash: UpstashServer;
  let upstream: FaultUpstream;
  let one: RunningGateway;
  let other: RunningGateway;

  beforeAll(async () => {
    [redis, upstream] = await Promise.all([
      startRedisCluster({ nodes: 1 }),
      startFaultUpstream(json(200, CHAT_REPLY)),
    ]);
    const [{ host, port } = { host: '', port: 0 }] = redis.nodes;
    upstash = await startUpstashServer({ host, port });
    [one, other] = await Promise.all([startWorker(), startWorker()]);
  });
  beforeEach(() => upstream.script(json(200, CHAT_REPLY)));
  afterEach(() => upstash.behave('well'));
  afterAll(async () => {
    await Promise.all([one?.close(), other?.close()]);
    await Promise.all([upstash?.close(), upstream?.close()]);
    await redis?.stop();
  });

  const startWorker = (storeUrl = upstash.url) =>
    startGateway({
      runtime: 'workerd',
      env: {
        CACHE_MODE: 'all',
        OPENAI_API_KEY: 'sk-upstream-openai-secret',
        OPENAI_BASE_URL: `${upstream.url}/v1`,
        GATEWAY_API_KEYS: `test:${KEY},other:${OTHER_KEY}`,
        RATE_LIMIT_RPM: '1000000',
        UPSTASH_REDIS_REST_URL: storeUrl,
        UPSTASH_REDIS_REST_TOKEN: upstash.token,
      },
    });

  const calls = () => upstream.journal.length;

  const untilKept = (gateway: RunningGateway, body: object, deadlineMs?: number) =>
    until(
      'the cache has it',
      async () => {
        const answer = await ask(gateway, body, { headers: { 'cache-control': 'only-if-cached' } });
        return answer.status === 200 && answer;
      },
      deadlineMs === undefined ? {} : { deadlineMs },
    );

  it('answers in one isolate what another was told', async () => {
    const body = fresh();
    const asked = calls();
    const { text } = await ask(one, body);
    expect(await untilKept(other, body)).toMatchObject({ cache: 'hit-l2', text });
    expect(await ask(other, body)).toMatchObject({ cache: 'hit-l1', text });
    expect(calls()).toBe(asked + 1);
    const authorization = `Bearer ${OTHER_KEY}`;
    expect((await ask(other, body, { headers: { authorization } })).cache).toBe('miss');
  });

  it('replays in one isolate the stream that another got', async () => {
    upstream.script(sse(EVENTS));
    const body = fresh({ stream: true });
    const { text } = await ask(one, body);
    expect(await untilKept(other, body)).toMatchObject({ cache: 'hit-l2', text });
    const asking = { ...body, stream_options: { include_usage: true } };
    expect(await ask(other, asking)).toMatchObject({ cache: 'hit-l1', text: sseText(EVENTS) });
  });

  it('keeps all of what is answered at once', async () => {
    // A machine that is busy may miss a deadline of the store: then another round shows that nothing is broken.
    await until('all of a round is kept', async () => {
      const bodies = Array.from({ length: 20 }, () => fresh());
      await Promise.all(bodies.map((body) => ask(one, body)));
      const kept = await Promise.all(bodies.map((body) => untilKept(other, body, 1_000).catch(() => null)));
      return kept.every((answer) => answer !== null);
    });
  });

  it('has equal calls of all isolates wait for one answer', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    upstream.script(async (context) => {
      await promise;
      await json(200, CHAT_REPLY)(context);
    });
    const asked = calls();
    const body = fresh();
    const first = ask(one, body);
    await until('the provider is called', () => calls() === asked + 1);
    const seen = upstash.requests();
    const others = [one, one, other, other].map((gateway) => ask(gateway, body));
    // Each looks it up, asks for the lease, and does both once more.
    await until('all wait', () => upstash.requests() >= seen + 4 * others.length);
    release();
    const { text } = await first;
    for (const answer of await Promise.all(others)) {
      expect(answer).toEqual({ status: 200, cache: 'coalesced', text });
    }
    expect(calls()).toBe(asked + 1);
  });

  it.each(['hangs', 'overloaded', 'garbage'] as const)(
    'answers while Upstash is ill (%s), then finds it again',
    async (how) => {
      upstash.behave(how);
      const slowest = await askInTurn(one, 12);
      console.log(`Upstash ${how}: the slowest of 12 calls took ${Math.round(slowest)} ms`);
      expect(slowest).toBeLessThan(2 * DEADLINE_MS + MARGIN_MS);
      upstash.behave('well');
      await until('the shared cache is back', async () => {
        const body = fresh();
        await ask(one, body);
        return (await ask(other, body)).cache === 'hit-l2';
      });
    },
  );

  /** How long the slowest of so many calls took, one after the other. */
  async function askInTurn(gateway: RunningGateway, count: number): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const body = fresh(i % 2 === 0 ? {} : { stream: true });
      upstream.script(i % 2 === 0 ? json(200, CHAT_REPLY) : sse(EVENTS));
      const startedAt = performance.now();
      expect(await ask(gateway, body)).toMatchObject({ status: 200, cache: 'miss' });
      times.push(performance.now() - startedAt);
    }
    return Math.max(...times);
  }

  it('answers where there is no Upstash at all', async () => {
    const alone = await startWorker(`http://127.0.0.1:${await unusedPort()}`);
    try {
      expect(await askInTurn(alone, 6)).toBeLessThan(2 * DEADLINE_MS + MARGIN_MS);
      const body = fresh();
      upstream.script(json(200, CHAT_REPLY));
      await ask(alone, body);
      expect((await untilKept(alone, body)).cache).toBe('hit-l1');
    } finally {
      await alone.close();
    }
  });

  it('is not spoiled for others by a client that leaves while Upstash hangs', async () => {
    const body = fresh();
    await ask(one, body);
    await untilKept(other, body);
    upstash.behave('hangs');
    const leaving = Array.from({ length: 5 }, () => new AbortController());
    const seen = upstash.requests();
    const gone = leaving.map(({ signal }) => ask(other, fresh(), { signal, reset: true }).catch(() => null));
    await until('Upstash is asked', () => upstash.requests() > seen);
    for (const one of leaving) one.abort();
    await Promise.all(gone);
    upstash.behave('well');
    const answer = await within('another is answered', ask(other, body), 2_000);
    expect(answer).toMatchObject({ status: 200, cache: 'hit-l1' });
  });

  it('does not hang on what a client asked Upstash that has left', async () => {
    const body = fresh();
    // Of this tenant nothing was found here yet, so that its purges are not known.
    const foreign = { headers: { authorization: `Bearer ${OTHER_KEY}` } };
    expect((await ask(one, body, foreign)).cache).toBe('miss');
    upstash.behave('hangs');
    const leaving = new AbortController();
    const seen = upstash.requests();
    const left = ask(one, body, { ...foreign, signal: leaving.signal, reset: true }).catch(() => null);
    await until('its purges are asked for', () => upstash.requests() > seen);
    const others = [1, 2, 3].map(() => ask(one, body, foreign));
    leaving.abort();
    await left;
    for (const answer of await within('the others are answered', Promise.all(others), 1_000)) {
      expect(answer).toMatchObject({ status: 200, cache: 'hit-l1' });
    }
  });

  it('tells the provider when a client leaves that waits for another isolate', async () => {
    upstream.script(hangBeforeHeaders);
    const asked = calls();
    const body = fresh();
    const leaving = new AbortController();
    const pending = ask(one, body, { signal: leaving.signal, reset: true }).catch(() => null);
    await until('the provider is called', () => calls() === asked + 1);
    leaving.abort();
    await pending;
    await within(
      'the upstream is told',
      upstream.journal.at(-1)?.aborted ?? Promise.reject(new Error('no call')),
    );
  });
});
