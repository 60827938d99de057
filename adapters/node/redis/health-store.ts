import { Command } from 'ioredis';
import type { HealthStore } from '../../../src/ports/health-store.ts';
import { HEALTH_KEY, MARK, readMarks } from '../../health-marks.ts';
import { spotName } from '../../health-spot.ts';
import { createRunRedis, type RedisOptions } from './guarded.ts';

/**
 * Marks in one Redis, or in the node of a Redis Cluster that has their slot. No call waits for one, so its deadline may be longer
 * than that of the cache.
 */
export function createRedisHealthStore(options: RedisOptions): HealthStore {
  const { clock } = options;
  const send = createRunRedis(options, 'Redis (health)', options.deadlineMs ?? 250);

  function run(name: string, ...args: (string | number)[]): Promise<unknown> {
    return send(new Command(name, args, { replyEncoding: 'utf8' }));
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
