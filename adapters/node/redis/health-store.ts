import { Command } from 'ioredis';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HealthStore } from '../../../src/ports/health-store.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import { HEALTH_KEY, MARK, readMarks } from '../../health-marks.ts';
import { spotName } from '../../health-spot.ts';
import type { RedisClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface RedisHealthStoreOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. No call waits for one, so it may be longer than that of the cache. */
  readonly deadlineMs?: number;
}

/** Marks in one Redis, or in the node of a Redis Cluster that has their slot. */
export function createRedisHealthStore({
  client,
  clock,
  logger,
  deadlineMs = 250,
}: RedisHealthStoreOptions): HealthStore {
  const guard = createGuard({
    clock,
    logger,
    name: 'Redis (health)',
    deadlineMs,
    toFault: toStoreFault,
    // A node that refuses answers, and where there is no connection, ioredis rejects at once.
    isWell: ({ kind }) => (kind === 'unavailable' ? null : kind === 'refused'),
  });

  function run(name: string, ...args: (string | number)[]): Promise<unknown> {
    const command = new Command(name, args, { replyEncoding: 'utf8' });
    return guard.run(client.shardOf(command), () => client.send(command));
  }

  return {
    async mark(mark) {
      await run('eval', MARK, 1, HEALTH_KEY, clock.now(), mark.until, spotName(mark));
    },
    async clear(spot) {
      await run('zrem', HEALTH_KEY, spotName(spot));
    },
    async marks() {
      const reply = await run('zrangebyscore', HEALTH_KEY, `(${clock.now()}`, '+inf', 'WITHSCORES');
      return Array.isArray(reply) ? readMarks(reply.map(String)) : [];
    },
  };
}
