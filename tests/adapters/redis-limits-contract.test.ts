import { afterAll, beforeAll } from 'vitest';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import { createRedisLedger } from '../../adapters/node/redis/ledger.ts';
import { createRedisLimitStore } from '../../adapters/node/redis/limit-store.ts';
import { limitContracts } from '../contract/limit-contracts.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const clock = createSystemClock();
const logger = createMemoryLogger();
/** The suites are about what is decided; a machine that is busy must not make them about time. */
const deadlineMs = 20_000;

for (const nodes of [1, 3]) {
  describeWithRedis(nodes === 1 ? 'one Redis' : `a Redis Cluster of ${nodes}`, () => {
    const started: { servers?: RedisCluster; client?: RedisClient } = {};

    beforeAll(async () => {
      const servers = await startRedisCluster({ nodes });
      const addresses = servers.nodes.map(({ host, port }) => `${host}:${port}`);
      const where =
        nodes === 1
          ? { clusterNodes: [], url: `redis://${addresses[0]}` }
          : { clusterNodes: addresses, url: null };
      const client = createRedisClient({ ...where, password: null, logger });
      Object.assign(started, { servers, client });
      await until('the client is connected', () => client.isUp());
    });
    afterAll(async () => {
      started.client?.close();
      await started.servers?.stop();
    });

    limitContracts(nodes === 1 ? 'one Redis' : 'Redis Cluster', (now) => {
      const { client } = started;
      if (client === undefined) throw new Error('not started');
      const options = { client, clock, logger, deadlineMs };
      return { limits: createRedisLimitStore({ ...options, now }), ledger: createRedisLedger(options) };
    });
  });
}
