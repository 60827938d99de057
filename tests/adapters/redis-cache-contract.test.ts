import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisCacheStore } from '../../adapters/node/redis/cache-store.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { cacheStoreContract, sharedCacheStoreContract } from '../contract/cache-store.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const clock = createSystemClock();
const logger = createMemoryLogger();
const advance = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** The suite is about what comes back; a machine that is busy must not make it about time. */
const deadlineMs = 10_000;

/** Every test has tenants of its own, which is what an empty store is to a test. */
function fresh(client: RedisClient, ...more: readonly RedisClient[]) {
  const prefix = randomUUID();
  const own = (client: RedisClient): CacheStore => {
    const store = createRedisCacheStore({ client, clock, logger, deadlineMs });
    return {
      get: (tenant, key) => store.get(prefix + tenant, key),
      set: (tenant, key, value, ttlMs) => store.set(prefix + tenant, key, value, ttlMs),
      delete: (tenant, key) => store.delete(prefix + tenant, key),
      acquire: (tenant, key, ttlMs) => store.acquire(prefix + tenant, key, ttlMs),
      release: (tenant, key) => store.release(prefix + tenant, key),
    };
  };
  const [store, peer = store] = [client, ...more].map(own);
  if (store === undefined || peer === undefined) throw new Error('no store');
  return { store, peer, advance };
}

const gaps = { exactTime: 'it is the time of the Redis' };

for (const nodes of [1, 3]) {
  describeWithRedis(nodes === 1 ? 'one Redis' : `a Redis Cluster of ${nodes}`, () => {
    let servers: RedisCluster;
    const clients: RedisClient[] = [];
    const at = (index: number) => {
      const client = clients[index];
      if (client === undefined) throw new Error('not started');
      return client;
    };

    beforeAll(async () => {
      servers = await startRedisCluster({ nodes });
      const addresses = servers.nodes.map(({ host, port }) => `${host}:${port}`);
      for (let i = 0; i < 2; i += 1) {
        const where =
          nodes === 1
            ? { clusterNodes: [], url: `redis://${addresses[0]}` }
            : { clusterNodes: addresses, url: null };
        clients.push(createRedisClient({ ...where, password: null, logger }));
      }
      await until('the clients are connected', () => clients.every((client) => client.isUp()));
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      await servers.stop();
    });

    const name = nodes === 1 ? 'one Redis' : 'Redis Cluster';
    cacheStoreContract(name, async () => fresh(at(0)), gaps);
    sharedCacheStoreContract(name, async () => fresh(at(0), at(1)), gaps);
  });
}
