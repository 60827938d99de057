import type { Clock } from '../../../src/ports/clock.ts';
import type { HealthStore } from '../../../src/ports/health-store.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import { HEALTH_KEY, MARK, readMarks } from '../../health-marks.ts';
import { spotName } from '../../health-spot.ts';
import { createUpstashClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface UpstashHealthStoreOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. No call waits for one, so it may be longer than that of the cache. */
  readonly deadlineMs?: number;
}

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';

/** Marks in Upstash Redis over its REST API, as Node writes them. */
export function createUpstashHealthStore({
  url,
  token,
  clock,
  logger,
  deadlineMs = 500,
}: UpstashHealthStoreOptions): HealthStore {
  const redis = createUpstashClient({ url, token, deadlineMs });
  const guard = createGuard({
    clock,
    logger,
    name: 'Upstash (health)',
    deadlineMs,
    toFault: toStoreFault,
    // Every call costs a way over the network, also one that is refused.
    isWell: () => false,
  });

  return {
    async mark(mark) {
      const args = [clock.now(), mark.until, spotName(mark)];
      await guard.run(SHARD, () => redis.eval(MARK, [HEALTH_KEY], args));
    },
    async clear(spot) {
      await guard.run(SHARD, () => redis.zrem(HEALTH_KEY, spotName(spot)));
    },
    async marks() {
      const reply = await guard.run(SHARD, () =>
        redis.zrange<unknown[]>(HEALTH_KEY, `(${clock.now()}`, '+inf', { byScore: true, withScores: true }),
      );
      return Array.isArray(reply) ? readMarks(reply.map(String)) : [];
    },
  };
}
