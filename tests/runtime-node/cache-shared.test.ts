import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEntry, sealEntry } from '../../adapters/cache-entry.ts';
import { nodeGzip } from '../../adapters/node/redis/gzip.ts';
import { CHAT_REPLY } from '../support/black-box.ts';
import {
  type FaultUpstream,
  hangBeforeHeaders,
  json,
  sse,
  sseText,
  startFaultUpstream,
} from '../support/fault-upstream.ts';
import type { ClientRequest } from '../support/http-client.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { held } from './cache-live.ts';
import {
  ask,
  call,
  countsOf,
  EVENTS,
  fresh,
  OTHER_KEY,
  since,
  startCached,
  told,
  untilActive,
} from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

const HOUR_MS = 3_600_000;
const withoutUsage = sseText(EVENTS.filter((event) => !event.includes('"usage"')));
const ttl = (seconds: number): ClientRequest => ({ headers: { 'x-llm-edge-cache-ttl': String(seconds) } });

/** What stands in Redis for an answer, made wrong. */
const POISONS: readonly (readonly [
  what: string,
  make: (stored: Buffer) => Promise<Uint8Array> | Uint8Array,
])[] = [
  ['nothing', () => Buffer.alloc(0)],
  ['text', () => Buffer.from('{"choices":[]}')],
  ['something cut short', (stored) => stored.subarray(0, -3)],
  ['something longer', (stored) => Buffer.concat([stored, Buffer.from('x')])],
  ['another version of the store', (stored) => Buffer.concat([Buffer.of(2), stored.subarray(1)])],
  ['a promise of gigabytes', () => Buffer.concat([Buffer.of(1, 1, 255, 255, 255, 255), Buffer.alloc(50)])],
  ['another version of the entry', (stored) => changed(stored, (entry) => entry.fill(0, 3, 4))],
  ['an entry without its facts', (stored) => changed(stored, (entry) => entry.fill(32, 8, 40))],
  ['facts longer than the entry', (stored) => changed(stored, (entry) => entry.fill(255, 4, 8))],
  ['an entry without its end', (stored) => changed(stored, (entry) => entry.subarray(0, -1))],
];

async function changed(stored: Buffer, change: (entry: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const entry = await openEntry(stored, nodeGzip);
  if (entry === null) throw new Error('what was stored is no entry');
  return sealEntry(change(entry), { gzip: nodeGzip, compressAbove: 2_048 });
}

describeWithRedis('the cache that processes share', () => {
  describe.each([
    ['a Redis Cluster', 3],
    ['one Redis', 1],
  ])('in %s', (_, nodes) => {
    let cluster: RedisCluster;
    let upstream: FaultUpstream;
    let redis: readonly Redis[];
    let one: NodeGateway;
    let other: NodeGateway;

    beforeAll(async () => {
      [cluster, upstream] = await Promise.all([
        startRedisCluster({ nodes }),
        startFaultUpstream(json(200, CHAT_REPLY)),
      ]);
      redis = cluster.nodes.map(({ host, port }) => new Redis({ host, port }));
      const [{ host, port } = { host: '', port: 0 }] = cluster.nodes;
      const address = `${host}:${port}`;
      const env: Record<string, string> =
        nodes === 1 ? { REDIS_URL: `redis://${address}` } : { REDIS_CLUSTER_NODES: address };
      [one, other] = await Promise.all([startCached(upstream.url, env), startCached(upstream.url, env)]);
      for (const gateway of [one, other]) await reachesRedis(gateway);
    });
    beforeEach(() => upstream.script(json(200, CHAT_REPLY)));
    afterAll(async () => {
      for (const node of redis ?? []) node.disconnect();
      await Promise.all([one?.close(), other?.close()]);
      await Promise.all([upstream?.close(), cluster?.stop()]);
    });

    const calls = () => upstream.journal.length;

    /** A gateway serves before it has found its Redis; what it keeps until then is lost. */
    async function reachesRedis(gateway: NodeGateway): Promise<void> {
      const before = (await entries()).length;
      await until('the gateway reaches Redis', async () => {
        await ask(gateway, fresh());
        return (await entries()).length > before;
      });
    }

    async function entries() {
      const namesOf = async (node: Redis) =>
        (await node.keys('le:c:*'))
          .map((name) => ({ node, name }))
          .filter(({ name }) => /[0-9a-f]{64}$/.test(name));
      return (await Promise.all(redis.map(namesOf))).flat();
    }

    /** Has one process answer, and waits until Redis has it. */
    async function keep(body: object, options?: ClientRequest) {
      const before = new Set((await entries()).map(({ name }) => name));
      const answer = await ask(one, body, options);
      expect(answer).toMatchObject({ status: 200, cache: 'miss' });
      const entry = await until('Redis has it', async () =>
        (await entries()).find(({ name }) => !before.has(name)),
      );
      return { ...entry, text: answer.text };
    }

    it('answers in one process what another was told', async () => {
      const body = fresh();
      const asked = calls();
      const { text } = await keep(body);
      expect(await ask(other, body)).toMatchObject({ cache: 'hit-l2', text });
      expect(await ask(other, body)).toMatchObject({ cache: 'hit-l1', text });
      expect(calls()).toBe(asked + 1);
    });

    it('replays in one process the stream that another got', async () => {
      upstream.script(sse(EVENTS));
      const body = fresh({ stream: true });
      const { text } = await keep(body);
      expect(text).toBe(withoutUsage);
      expect(await ask(other, body)).toMatchObject({ cache: 'hit-l2', text });
      const asking = { ...body, stream_options: { include_usage: true } };
      expect(await ask(other, asking)).toMatchObject({ cache: 'hit-l1', text: sseText(EVENTS) });
      const whole = await ask(other, { ...body, stream: false });
      expect(whole).toMatchObject({
        cache: 'hit-l1',
        text: expect.stringContaining('"content":"One two three"'),
      });
    });

    it('shows no tenant what another was told', async () => {
      const body = fresh();
      await keep(body);
      const authorization = `Bearer ${OTHER_KEY}`;
      for (const gateway of [one, other]) {
        const only = { headers: { authorization, 'cache-control': 'only-if-cached' } };
        expect((await ask(gateway, body, only)).status).toBe(504);
      }
      expect((await ask(other, body, { headers: { authorization } })).cache).toBe('miss');
    });

    it('forgets when it is time', async () => {
      const body = fresh();
      await keep(body, ttl(1));
      expect(await ask(other, body)).toMatchObject({ cache: 'hit-l2' });
      const asked = calls();
      // Near its end it may be renewed behind the answer that is still given.
      await until('it is asked for again', async () => {
        await ask(other, body, ttl(1));
        return calls() > asked;
      });
    });

    it('is in Redis for as long as it may be of use', async () => {
      const { node, name } = await keep(fresh());
      // An hour, less up to a tenth, and an hour in which it is better than an error.
      const ms = await node.pttl(name);
      expect(ms).toBeGreaterThan(1.85 * HOUR_MS);
      expect(ms).toBeLessThanOrEqual(2 * HOUR_MS);
    });

    it.each(POISONS)('takes %s for no entry', async (_what, make) => {
      const body = fresh();
      const { node, name, text } = await keep(body);
      const stored = await node.getBuffer(name);
      await node.set(name, Buffer.from(await make(stored ?? Buffer.alloc(0))), 'PX', HOUR_MS);
      const asked = calls();
      expect(await ask(other, body)).toMatchObject({ status: 200, cache: 'miss', text });
      expect(calls()).toBe(asked + 1);
    });

    /** Who asks for a lease sends a SET, and nothing else does while an answer is awaited. */
    async function leasesAsked(): Promise<number> {
      const stats = await Promise.all(redis.map((node) => node.info('commandstats')));
      return stats.reduce((sum, text) => sum + Number(/cmdstat_set:calls=(\d+)/.exec(text)?.[1] ?? 0), 0);
    }

    describe('while one of them asks', () => {
      it('has the others wait for its answer', async () => {
        const { behaviour, release } = held(json(200, CHAT_REPLY));
        upstream.script(behaviour);
        const asked = calls();
        const before = [await untilActive(one, 0), await untilActive(other, 0)] as const;
        const body = fresh();
        const first = call(one, body);
        await until('the provider is called', () => calls() === asked + 1);
        const leases = await leasesAsked();
        const others = Array.from({ length: 5 }, () => call(other, body));
        await untilActive(other, 5);
        await until('one of them has asked for the lease', async () => (await leasesAsked()) > leases);
        release();
        const text = await (await first).text();
        const caches: string[] = [];
        for (const answer of await Promise.all(others)) {
          const { cache, ...rest } = await told(answer);
          expect(rest).toEqual({ status: 200, text, cut: false });
          caches.push(cache);
        }
        // Who was still on its way to the cache finds the answer there by itself.
        const found = caches.filter((cache) => cache !== 'coalesced');
        expect(found.length).toBeLessThan(5);
        expect(found.filter((cache) => cache !== 'hit-l2')).toEqual([]);
        expect(calls()).toBe(asked + 1);
        expect(since(before[0], await untilActive(one, 0))).toEqual({
          misses: 1,
          hits: { l1: 0, l2: 0, coalesced: 0 },
          attempts: 1,
        });
        expect(since(before[1], await untilActive(other, 0))).toEqual({
          misses: 0,
          hits: { l1: 0, l2: found.length, coalesced: 5 - found.length },
          attempts: 0,
        });
        expect(await ask(other, body)).toMatchObject({ cache: 'hit-l1', text });
      });

      it('has them ask themselves when it got nothing that may be kept', async () => {
        const { behaviour, release } = held(json(400, { error: { message: 'no' } }));
        upstream.script(behaviour);
        const asked = calls();
        const body = fresh();
        const first = call(one, body);
        await until('the provider is called', () => calls() === asked + 1);
        const second = call(other, body);
        await untilActive(other, 1);
        upstream.script(json(200, CHAT_REPLY));
        const releasedAt = performance.now();
        release();
        expect((await told(await first)).status).toBe(400);
        expect(await told(await second)).toMatchObject({ status: 200, cache: 'miss' });
        expect(performance.now() - releasedAt).toBeLessThan(1_500);
      });

      it('has them wait for so long and no longer', async () => {
        const { behaviour, release } = held(json(200, CHAT_REPLY));
        upstream.script(behaviour, json(200, CHAT_REPLY));
        const asked = calls();
        const body = fresh();
        const first = call(one, body);
        await until('the provider is called', () => calls() === asked + 1);
        const startedAt = performance.now();
        expect(await ask(other, body)).toMatchObject({ status: 200, cache: 'miss' });
        const ms = performance.now() - startedAt;
        expect(ms).toBeGreaterThan(2_400);
        expect(ms).toBeLessThan(3_500);
        release();
        expect((await first).status).toBe(200);
      });

      it('does not hold them up with a stream, nor those who want a new answer', async () => {
        upstream.script(hangBeforeHeaders);
        const leaving = new AbortController();
        const asked = calls();
        const body = fresh();
        const options = { signal: leaving.signal };
        const wants = { ...options, headers: { 'cache-control': 'no-cache' } };
        const pending = [
          call(one, { ...body, stream: true }, options),
          call(other, { ...body, stream: true }, options),
          call(one, body, options),
          call(other, body, wants),
        ].map((answer) => answer.catch(() => null));
        await until('each is asked for', () => calls() === asked + 4, { deadlineMs: 1_500 });
        leaving.abort();
        await Promise.all(pending);
        await Promise.all([untilActive(one, 0), untilActive(other, 0)]);
      });

      it('is not waited for by those whose clients have left', async () => {
        upstream.script(hangBeforeHeaders);
        const asked = calls();
        const body = fresh();
        const leaving = [new AbortController(), new AbortController()] as const;
        const first = call(one, body, { signal: leaving[0].signal }).catch(() => null);
        await until('the provider is called', () => calls() === asked + 1);
        const second = call(other, body, { signal: leaving[1].signal }).catch(() => null);
        await untilActive(other, 1);
        leaving[1].abort();
        await second;
        await untilActive(other, 0, 1_000);
        expect((await countsOf(one)).active).toBe(1);
        leaving[0].abort();
        await first;
        await untilActive(one, 0);
        expect(calls()).toBe(asked + 1);
      });
    });
  });
});
