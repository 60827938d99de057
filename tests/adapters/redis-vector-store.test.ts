import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import { packVector, unpackVector } from '../../adapters/node/redis/packed-vector.ts';
import { createRedisVectorStore } from '../../adapters/node/redis/vector-store.ts';
import type { VectorStore } from '../../src/ports/vector-store.ts';
import { vectorStoreContract } from '../contract/vector-store.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until, within } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const logger = createMemoryLogger();

for (const nodes of [1, 3]) {
  const name = nodes === 1 ? 'one Redis' : 'a Redis Cluster';
  describeWithRedis(name, () => {
    let servers: RedisCluster;
    let client: RedisClient;

    beforeAll(async () => {
      servers = await startRedisCluster({ nodes });
      const clusterNodes = servers.nodes.map(({ host, port }) => `${host}:${port}`);
      const where =
        nodes === 1 ? { clusterNodes: [], url: `redis://${clusterNodes[0]}` } : { clusterNodes, url: null };
      client = createRedisClient({ ...where, password: null, logger });
      await until('the client is connected', () => client.isUp());
    });
    afterAll(async () => {
      client?.close();
      await servers?.stop();
    });

    /** Every test has tenants of its own, which is what an empty store is to a test. */
    function fresh(maxInScope?: number) {
      const prefix = randomUUID();
      const clock = createFakeClock(Date.now());
      const bounds = maxInScope === undefined ? {} : { maxInScope };
      // The suite is about what comes back; a machine that is busy must not make it about time.
      const own = createRedisVectorStore({ client, clock, logger, deadlineMs: 10_000, ...bounds });
      const store: VectorStore = {
        search: (tenant, scope, query) => own.search(prefix + tenant, scope, query),
        add: (tenant, scope, stored, ttlMs) => own.add(prefix + tenant, scope, stored, ttlMs),
      };
      return { store, advance: clock.advance };
    }

    vectorStoreContract(name, async () => fresh());

    it('forgets of a scope what was not found for longest', async () => {
      const { store, advance } = fresh(3);
      const axis = (at: number) => Float32Array.from({ length: 8 }, (_, index) => (index === at ? 1 : 0));
      const add = async (at: number) => {
        await store.add('t', 's', { key: `k${at}`, vector: axis(at), facts: '' }, HOUR_MS);
        await advance(1);
      };
      const find = async (at: number) =>
        (await store.search('t', 's', { vector: axis(at), threshold: 0.9, count: 9 })).map(({ key }) => key);
      for (const at of [0, 1, 2]) await add(at);
      expect(await find(0)).toEqual(['k0']);
      await advance(1);
      await until('k1 goes, since k0 was found', async () => {
        await add(3);
        return (await find(1)).length === 0;
      });
      expect([await find(0), await find(2), await find(3)]).toEqual([['k0'], ['k2'], ['k3']]);
    });

    it('waits no longer than the deadline for a node that hangs', async () => {
      const store = createRedisVectorStore({ client, clock: createFakeClock(), logger, deadlineMs: 50 });
      client.close();
      const asked = store.search('t', 's', { vector: Float32Array.of(1), threshold: 0.9, count: 1 });
      await expect(within('it is given up', asked)).rejects.toMatchObject({ name: 'StoreFault' });
    });
  });
}

it('reads back what it packed, and nothing that was cut or is of another version', () => {
  const stored = { vector: Float32Array.of(0.6, -0.8), facts: 'é', endsAt: 1_800_000_000_000 };
  const packed = packVector(stored);
  expect(unpackVector(packed)).toEqual(stored);
  expect(unpackVector(packed.subarray(0, packed.length - 1))).toBeNull();
  expect(unpackVector(packed.subarray(0, 5))).toBeNull();
  expect(unpackVector(Buffer.concat([Buffer.of(2), packed.subarray(1)]))).toBeNull();
});
