import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisCacheStore } from '../../adapters/node/redis/cache-store.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { StoreFault } from '../../src/ports/store-fault.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const DEADLINE_MS = 50;
const MARGIN_MS = 25;
const HOUR_MS = 3_600_000;
const KEYS = 60;
const WORKERS = 8;
const clock = createSystemClock();

/** Milliseconds, up to now, in which the event loop did not come round: no operation can be blamed for them. */
const heldUp = (() => {
  let total = 0;
  let last = performance.now();
  const excess = () => Math.max(0, performance.now() - last - 2);
  setInterval(() => {
    total += excess();
    last = performance.now();
  }, 1).unref();
  return () => total + excess();
})();

interface Load {
  /** Of the operations since the last call, by what became of them. */
  take(): {
    readonly ok: number;
    readonly faults: Readonly<Record<string, number>>;
    readonly slowest: number;
  };
  stop(): Promise<void>;
}

/** Reads and writes all keys again and again, as fast as answers come, and never more than so many at once. */
function load(store: CacheStore): Load {
  let counts = { ok: 0, faults: {} as Record<string, number>, slowest: 0 };
  let isOver = false;
  let turn = 0;

  async function one(): Promise<void> {
    turn += 1;
    const key = `k${turn % KEYS}`;
    const startedAt = performance.now() - heldUp();
    try {
      if (turn % 7 === 0) await store.set('t', key, Uint8Array.of(1), HOUR_MS);
      else if (turn % 11 === 0) await store.acquire('t', key, 1);
      else await store.get('t', key);
      counts.ok += 1;
    } catch (error) {
      const kind = error instanceof StoreFault ? error.kind : `not a fault: ${error}`;
      counts.faults[kind] = (counts.faults[kind] ?? 0) + 1;
    }
    counts.slowest = Math.max(counts.slowest, performance.now() - heldUp() - startedAt);
  }

  async function work(): Promise<void> {
    while (!isOver) {
      await one();
      // What is refused at once would otherwise leave no turn to anything else.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  const workers = Array.from({ length: WORKERS }, work);
  return {
    take() {
      const taken = counts;
      counts = { ok: 0, faults: {}, slowest: 0 };
      return taken;
    },
    async stop() {
      isOver = true;
      await Promise.all(workers);
    },
  };
}

describeWithRedis('a Redis Cluster in trouble', () => {
  let cluster: RedisCluster;
  const running: { client: RedisClient; load: Load }[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterEach(async () => {
    for (const { client, load } of running.splice(0)) {
      await load.stop();
      client.close();
    }
  });
  afterAll(() => cluster?.stop());

  function start() {
    const logger = createMemoryLogger();
    const clusterNodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`);
    const client = createRedisClient({ clusterNodes, url: null, password: null, logger });
    const store = createRedisCacheStore({ client, clock, logger, deadlineMs: DEADLINE_MS });
    const started = { client, store, logger, load: load(store) };
    running.push(started);
    return started;
  }

  type Taken = ReturnType<Load['take']>;

  /** Waits until a stretch of load looks so, and holds every stretch on the way to the deadline. */
  async function sees(label: string, load: Load, looks: (taken: Taken) => boolean, deadlineMs = 15_000) {
    load.take();
    let slowest = 0;
    await until(
      label,
      () => {
        const taken = load.take();
        slowest = Math.max(slowest, taken.slowest);
        return looks(taken);
      },
      { deadlineMs, everyMs: 100 },
    );
    expect(slowest, label).toBeLessThan(DEADLINE_MS + MARGIN_MS);
  }

  const failures = ({ faults }: Taken) => Object.values(faults).reduce((sum, count) => sum + count, 0);
  const allWell = (taken: Taken) => taken.ok >= KEYS / 2 && failures(taken) === 0;
  const onlyFaults = (taken: Taken) => taken.ok === 0 && failures(taken) >= KEYS / 2;
  /** One shard fails fast, with no deadline waited for, and the others work. */
  const spared = (taken: Taken) =>
    taken.ok >= KEYS / 4 && failures(taken) >= KEYS / 8 && taken.slowest < DEADLINE_MS / 2;

  it('works around a node that is killed, and takes it back when it starts again, empty', async () => {
    const { load } = start();
    await sees('all is well', load, allWell);
    cluster.kill(1);
    await sees('the shard is spared, and the others work', load, spared);
    await cluster.restart(1);
    await sees('all is well again', load, allWell);
  }, 30_000);

  it('works around a node that hangs, and takes it back when it goes on', async () => {
    const { load } = start();
    await sees('all is well', load, allWell);
    cluster.kill(2, 'SIGSTOP');
    await sees('the shard is spared, and the others work', load, spared);
    cluster.kill(2, 'SIGCONT');
    await sees('all is well again', load, allWell);
  }, 30_000);

  it('starts without a cluster, outlives its end, and finds it each time it comes', async () => {
    const all = [0, 1, 2];
    for (const i of all) cluster.kill(i);
    const { load, client, logger } = start();
    await sees('everything fails at once', load, (taken) => onlyFaults(taken) && taken.slowest < 25);
    expect(client.isUp()).toBe(false);
    await Promise.all(all.map((i) => cluster.restart(i)));
    await sees('all is well', load, allWell);
    await until('every node is connected', () => client.isUp());

    const lines = logger.lines.length;
    for (const i of all) cluster.kill(i);
    const isGivenUp = () => logger.lines.slice(lines).some(({ fields }) => fields?.node === 'cluster');
    await sees(
      'everything fails at once, also when no node is left to be tried again',
      load,
      (taken) => onlyFaults(taken) && taken.slowest < 25 && isGivenUp(),
    );
    expect(logger.lines.length - lines).toBeLessThanOrEqual(4);
    await Promise.all(all.map((i) => cluster.restart(i)));
    await sees('all is well again', load, allWell);
  }, 60_000);

  it('goes on when every node hangs, for so long that connections are given up', async () => {
    const { load, client } = start();
    await sees('all is well', load, allWell);
    for (const i of [0, 1, 2]) cluster.kill(i, 'SIGSTOP');
    await sees(
      'everything fails at once, and no connection is left',
      load,
      (taken) => onlyFaults(taken) && taken.slowest < 25 && !client.isUp(),
    );
    for (const i of [0, 1, 2]) cluster.kill(i, 'SIGCONT');
    await sees('all is well again', load, allWell);
  }, 30_000);
});
