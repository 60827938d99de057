import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpstashHealthStore } from '../../adapters/edge/upstash/health-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import { createRedisHealthStore } from '../../adapters/node/redis/health-store.ts';
import { Marks } from '../../src/attempts/marks.ts';
import type { HealthStore } from '../../src/ports/health-store.ts';
import { StoreFault, type StoreFaultKind } from '../../src/ports/store-fault.ts';
import { healthStoreContract, sharedHealthStoreContract } from '../contract/health-store.ts';
import type { HealthProbeResult, HealthProbeTask } from '../contract/health-store-probe.ts';
import { type ProbeWorker, startProbeWorker } from '../support/probe-worker.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from '../support/upstash-server.ts';
import { until, within } from '../support/wait.ts';

const clock = createSystemClock();
const logger = createMemoryLogger();
const advance = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const gaps = { exactTime: 'it is the time of the machine' };
/** The suite is about what comes back; a machine that is busy must not make it about time. */
const LONG_MS = 10_000;
const mark = { state: 'open', subject: 'openai/gpt-4o', until: clock.now() + 3_600_000 } as const;

/** Every test has subjects of its own, which is what an empty store is to a test. */
function fresh(store: HealthStore, peer = store) {
  const prefix = randomUUID();
  const own = ({ mark, clear, marks }: HealthStore): HealthStore => ({
    mark: (given) => mark({ ...given, subject: prefix + given.subject }),
    clear: ({ state, subject }) => clear({ state, subject: prefix + subject }),
    async marks() {
      const all = (await marks()).filter(({ subject }) => subject.startsWith(prefix));
      return all.map((one) => ({ ...one, subject: one.subject.slice(prefix.length) }));
    },
  });
  return { store: own(store), peer: own(peer), clock, advance };
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no fault';
  } catch (error) {
    return error instanceof StoreFault ? error.kind : `not a fault: ${error}`;
  }
}

for (const nodes of [1, 3]) {
  const name = nodes === 1 ? 'one Redis' : 'Redis Cluster';
  describeWithRedis(`health in ${name}`, () => {
    let servers: RedisCluster;
    const clients: RedisClient[] = [];
    const stores: HealthStore[] = [];
    const at = (index: number): HealthStore => {
      const store = stores[index];
      if (store === undefined) throw new Error('not started');
      return store;
    };

    beforeAll(async () => {
      servers = await startRedisCluster({ nodes });
      const addresses = servers.nodes.map(({ host, port }) => `${host}:${port}`);
      const where =
        nodes === 1
          ? { clusterNodes: [], url: `redis://${addresses[0]}` }
          : { clusterNodes: addresses, url: null };
      for (let i = 0; i < 2; i += 1) {
        const client = createRedisClient({ ...where, password: null, logger });
        clients.push(client);
        stores.push(createRedisHealthStore({ client, clock, logger, deadlineMs: LONG_MS }));
      }
      await until('the clients are connected', () => clients.every((client) => client.isUp()));
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      await servers.stop();
    });

    healthStoreContract(name, async () => fresh(at(0)), gaps);
    sharedHealthStoreContract(name, async () => fresh(at(0), at(1)));

    it('tells another process of a mark by itself', async () => {
      const marksOf = (store: HealthStore) =>
        new Marks({ clock, sharing: { store, watches: true }, onMarked: () => {}, onCleared: () => {} });
      const { store, peer } = fresh(at(0), at(1));
      const [one, other] = [marksOf(store), marksOf(peer)];
      other.touch(() => {});
      await until('it has looked once', async () => (await peer.marks()).length === 0);
      one.set('open', 'a/b', 60_000);
      await one.tell();
      const toldAt = performance.now();
      await until('the other knows', () => other.until('open', 'a/b') !== null, { deadlineMs: 10_000 });
      console.log(`${name}: known to another process after ${Math.round(performance.now() - toldAt)} ms`);
      one.clear('open', 'a/b');
      await one.tell();
      await until('the other knows it is over', () => other.until('open', 'a/b') === null, {
        deadlineMs: 10_000,
      });
    });

    it('says within its deadline that the Redis hangs, and comes back by itself', async () => {
      const [client] = clients;
      if (client === undefined) throw new Error('not started');
      const store = createRedisHealthStore({ client, clock, logger, deadlineMs: 100 });
      await at(0).mark(mark);
      for (let i = 0; i < nodes; i += 1) servers.kill(i, 'SIGSTOP');
      const fault = await within('the fault', faultOf(store.marks()), 2_000);
      for (let i = 0; i < nodes; i += 1) servers.kill(i, 'SIGCONT');
      expect(fault).toBe('timeout');
      await until('it answers again', async () => (await store.marks()).length > 0, { deadlineMs: 10_000 });
    });
  });
}

type Settings = Pick<HealthProbeTask, 'url' | 'token' | 'deadlineMs'>;

function inWorkerd(workerd: ProbeWorker, settings: Settings): HealthStore {
  const ask = async (task: Omit<HealthProbeTask, keyof Settings>) => {
    const { result, fault } = (await workerd.ask({ ...settings, ...task })) as HealthProbeResult;
    if (fault !== undefined) throw new StoreFault(fault.kind as StoreFaultKind, fault.message);
    return result ?? [];
  };
  return {
    async mark(given) {
      await ask({ method: 'mark', mark: given });
    },
    async clear(spot) {
      await ask({ method: 'clear', mark: { ...spot, until: 0 } });
    },
    marks: () => ask({ method: 'marks' }),
  };
}

describeWithRedis('health in Upstash', () => {
  let redis: RedisCluster;
  let workerd: ProbeWorker;
  let server: UpstashServer;

  beforeAll(async () => {
    [redis, workerd] = await Promise.all([
      startRedisCluster({ nodes: 1 }),
      startProbeWorker('contract/health-store-probe.ts'),
    ]);
    const [node] = redis.nodes;
    if (node === undefined) throw new Error('no Redis');
    server = await startUpstashServer(node);
  });
  afterAll(async () => {
    await server?.close();
    await workerd?.stop();
    await redis?.stop();
  });

  const settings = (deadlineMs = LONG_MS) => ({ url: server.url, token: server.token, deadlineMs });
  const runtimes: readonly (readonly [string, (settings: Settings) => HealthStore])[] = [
    ["the global fetch, on Node's", (settings) => createUpstashHealthStore({ ...settings, clock, logger })],
    ['in workerd', (settings) => inWorkerd(workerd, settings)],
  ];
  for (const [name, make] of runtimes) {
    healthStoreContract(`Upstash, ${name}`, async () => fresh(make(settings())), gaps);
    sharedHealthStoreContract(`Upstash, ${name}`, async () => fresh(make(settings()), make(settings())));

    describe(`Upstash in trouble, ${name}`, () => {
      afterAll(() => server.behave('well'));
      it.each([
        ['hangs', 'timeout'],
        ['overloaded', 'refused'],
        ['garbage', 'unavailable'],
      ] as const)('says so in time when it %s', async (how, kind) => {
        server.behave(how);
        const store = make(settings(100));
        for (const work of [() => store.marks(), () => store.mark(mark), () => store.clear(mark)])
          expect(await within('the fault', faultOf(work()), 2_000)).toBe(kind);
      });
    });
  }

  it('is what Node reads and writes as well', async () => {
    const [node] = redis.nodes;
    if (node === undefined) throw new Error('no Redis');
    const client = createRedisClient({
      clusterNodes: [],
      url: `redis://${node.host}:${node.port}`,
      password: null,
      logger,
    });
    await until('the client is connected', () => client.isUp());
    const onNode = createRedisHealthStore({ client, clock, logger, deadlineMs: LONG_MS });
    const atEdge = createUpstashHealthStore({ ...settings(), clock, logger });
    const { store, peer } = fresh(atEdge, onNode);
    await store.mark(mark);
    expect(await peer.marks()).toEqual([mark]);
    await peer.clear(mark);
    expect(await store.marks()).toEqual([]);
    client.close();
  });
});
