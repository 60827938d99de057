import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import { createRedisLedger } from '../../adapters/node/redis/ledger.ts';
import { createRedisLimitStore } from '../../adapters/node/redis/limit-store.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
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

    it('decides by its own time, though the clocks of the processes are hours apart', async () => {
      const { client } = started;
      if (client === undefined) throw new Error('not started');
      const [early, late] = [-3, 3].map((hours) => {
        const shifted = { ...clock, now: () => clock.now() + hours * 3_600_000 };
        return createRedisLimitStore({ client, clock: shifted, logger, deadlineMs });
      });
      if (early === undefined || late === undefined) throw new Error('not made');
      const claim = (id: string) => ({
        tenant: 'skewed',
        id,
        rates: [{ subject: 'rpm', limit: 2, periodMs: 3_600_000, cost: 1 }],
        slots: [{ subject: 'calls', limit: 2 }],
        budgets: [{ subject: 'key', period: 'day' as const, usd: 100 }],
        hold: 50,
        leaseMs: 60_000,
        entries: [],
      });
      const granted = async (store: LimitStore, id: string) =>
        (await store.claim(claim(id))).refusal?.kind ?? 'granted';
      expect([
        await granted(late, 'one'),
        await granted(early, 'two'),
        await granted(late, 'three'),
        await granted(early, 'four'),
      ]).toEqual(['granted', 'granted', 'budget', 'budget']);
      // Neither takes the other's call for dead.
      expect([await early.overdue('skewed', 10), await late.overdue('skewed', 10)]).toEqual([[], []]);
      await early.settle({ claim: claim('one'), taken: [1], entries: [], orphan: false });
      expect(await granted(early, 'five')).toBe('rate');
    });
  });
}
