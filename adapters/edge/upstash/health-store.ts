import type { HealthStore } from '../../../src/ports/health-store.ts';
import { HEALTH_KEY, MARK, readMarks } from '../../health-marks.ts';
import { spotName } from '../../health-spot.ts';
import { createRunUpstash, type UpstashOptions } from './guarded.ts';

/** Marks in Upstash Redis over its REST API, as Node writes them. No call waits for one, so its deadline may be longer. */
export function createUpstashHealthStore(options: UpstashOptions): HealthStore {
  const { clock } = options;
  const run = createRunUpstash(options, 'Upstash (health)', options.deadlineMs ?? 500);

  return {
    async mark(mark) {
      const args = [clock.now(), mark.until, spotName(mark)];
      await run((redis) => redis.eval(MARK, [HEALTH_KEY], args));
    },
    async clear(spot) {
      await run((redis) => redis.zrem(HEALTH_KEY, spotName(spot)));
    },
    async marks() {
      const reply = await run((redis) =>
        redis.zrange<unknown[]>(HEALTH_KEY, `(${clock.now()}`, '+inf', { byScore: true, withScores: true }),
      );
      return Array.isArray(reply) ? readMarks(reply.map(String)) : [];
    },
  };
}
