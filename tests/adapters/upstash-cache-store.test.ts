import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpstashCacheStore } from '../../adapters/edge/upstash/cache-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { StoreFault, type StoreFaultKind } from '../../src/ports/store-fault.ts';
import { cacheStoreContract, sharedCacheStoreContract } from '../contract/cache-store.ts';
import type { CacheProbeResult, CacheProbeTask } from '../contract/cache-store-probe.ts';
import { unusedPort } from '../support/ports.ts';
import { type ProbeWorker, startProbeWorker } from '../support/probe-worker.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from '../support/upstash-server.ts';
import { until, within } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const advance = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const gaps = { exactTime: 'it is the time of the Redis' };

type Settings = Pick<CacheProbeTask, 'url' | 'token' | 'deadlineMs'>;
type Make = (settings: Settings) => CacheStore;

const onNode: Make = (settings) =>
  createUpstashCacheStore({ ...settings, clock: createSystemClock(), logger: createMemoryLogger() });

/** The driver in workerd, called from here. */
function inWorkerd(workerd: ProbeWorker, settings: Settings): CacheStore {
  const ask = async (task: Omit<CacheProbeTask, keyof Settings>): Promise<CacheProbeResult['result']> => {
    const { result, fault } = (await workerd.ask({ ...settings, ...task })) as CacheProbeResult;
    if (fault !== undefined) throw new StoreFault(fault.kind as StoreFaultKind, fault.message);
    return result;
  };
  return {
    async get(tenant, key) {
      const result = await ask({ method: 'get', tenant, key });
      return typeof result === 'string' ? new Uint8Array(Buffer.from(result, 'base64')) : null;
    },
    async set(tenant, key, bytes, ttlMs) {
      const value = Buffer.from(bytes).toString('base64');
      await ask({ method: 'set', tenant, key, value, ttlMs: `${ttlMs}` });
    },
    async delete(tenant, key) {
      await ask({ method: 'delete', tenant, key });
    },
    acquire: async (tenant, key, ttlMs) =>
      (await ask({ method: 'acquire', tenant, key, ttlMs: `${ttlMs}` })) === true,
    async release(tenant, key) {
      await ask({ method: 'release', tenant, key });
    },
  };
}

describeWithRedis("Upstash's REST API", () => {
  let workerd: ProbeWorker;
  let redis: RedisCluster;
  const servers: UpstashServer[] = [];

  async function startServer(): Promise<UpstashServer> {
    const node = redis.nodes[0];
    if (node === undefined) throw new Error('no Redis');
    const server = await startUpstashServer(node);
    servers.push(server);
    return server;
  }

  beforeAll(async () => {
    [redis, workerd] = await Promise.all([
      startRedisCluster({ nodes: 1 }),
      startProbeWorker('contract/cache-store-probe.ts'),
    ]);
    await startServer();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await workerd?.stop();
    await redis.stop();
  });

  const runtimes: readonly (readonly [string, Make])[] = [
    ["the global fetch, on Node's", onNode],
    ['in workerd', (settings) => inWorkerd(workerd, settings)],
  ];

  for (const [name, make] of runtimes) {
    /** Every test has tenants of its own, which is what an empty store is to a test. */
    const fresh = () => {
      const [server] = servers;
      if (server === undefined) throw new Error('no server');
      const prefix = randomUUID();
      // The suite is about what comes back; a machine that is busy must not make it about time.
      const settings = { url: server.url, token: server.token, deadlineMs: 10_000 };
      const own = (store: CacheStore): CacheStore => ({
        get: (tenant, key) => store.get(prefix + tenant, key),
        set: (tenant, key, value, ttlMs) => store.set(prefix + tenant, key, value, ttlMs),
        delete: (tenant, key) => store.delete(prefix + tenant, key),
        acquire: (tenant, key, ttlMs) => store.acquire(prefix + tenant, key, ttlMs),
        release: (tenant, key) => store.release(prefix + tenant, key),
      });
      // Another deadline makes it another store in the same isolate.
      return { store: own(make(settings)), peer: own(make({ ...settings, deadlineMs: 10_001 })), advance };
    };
    cacheStoreContract(`Upstash, ${name}`, async () => fresh(), gaps);
    sharedCacheStoreContract(`Upstash, ${name}`, async () => fresh(), gaps);

    describe(`Upstash in trouble, ${name}`, () => {
      const DEADLINE_MS = 100;
      const start = async () => {
        const server = await startServer();
        const { url, token } = server;
        return { server, store: make({ url, token, deadlineMs: DEADLINE_MS }) };
      };
      const faultOf = (work: Promise<unknown>) =>
        work.then(
          () => 'no fault',
          (error) => (error instanceof StoreFault ? error.kind : `not a fault: ${error}`),
        );

      it.each([
        ['hangs', 'timeout'],
        ['overloaded', 'refused'],
        ['garbage', 'unavailable'],
      ] as const)(
        'says so in time, then spares it, when it %s, and comes back by itself',
        async (how, kind) => {
          const { server, store } = await start();
          await store.set('t', 'k', Uint8Array.of(1), HOUR_MS);
          server.behave(how);
          for (let i = 0; i < 5; i += 1) {
            const fault = within(`the fault when it ${how}`, faultOf(store.get('t', 'k')), DEADLINE_MS * 5);
            expect(await fault).toBe(kind);
          }
          const before = server.requests();
          expect(await faultOf(store.get('t', 'k'))).toBe('unavailable');
          expect(server.requests()).toBe(before);
          server.behave('well');
          expect(await until('it is tried again', () => store.get('t', 'k'))).toEqual(Uint8Array.of(1));
        },
      );

      it('calls once, whatever comes of it', async () => {
        const { server, store } = await start();
        server.behave('overloaded');
        await faultOf(store.get('t', 'k'));
        server.behave('hangs');
        await faultOf(store.get('t', 'k'));
        expect(server.requests()).toBe(2);
      });

      it('says unavailable where nobody listens', async () => {
        const url = `http://127.0.0.1:${await unusedPort()}`;
        const store = make({ url, token: 'token', deadlineMs: 5_000 });
        expect(await faultOf(store.get('t', 'k'))).toBe('unavailable');
      });

      it('tells nothing of token, key and value in its faults', async () => {
        const { server } = await start();
        const store = make({ url: server.url, token: 'wrong-secret', deadlineMs: 5_000 });
        const value = new TextEncoder().encode('the prompt');
        const fault = await store.set('t', 'the-key', value, HOUR_MS).then(
          () => 'no fault',
          (error: Error) => `${error.message} ${error.stack} ${error.cause}`,
        );
        expect(fault).toContain('Upstash: ERR');
        expect(fault).not.toMatch(/secret|the-key|prompt|dGhlIHByb21wdA/);
      });
    });
  }
});
