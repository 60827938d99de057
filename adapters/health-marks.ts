import type { HealthMark } from '../src/ports/health-store.ts';
import { readMark } from './health-spot.ts';

/** All marks are members of one sorted set, each with its end as the score: one command reads those that stand. */
export const HEALTH_KEY = 'le:h:marks';

/** Of those that end last. */
const MAX_MARKS = 10_000;

/**
 * ARGV: now, the end of the mark (milliseconds since the epoch), its spot. A mark that is over is none. What has lapsed goes
 * with the next one that is made, so the set needs no end of its own, which a mark that stays would outlive.
 */
export const MARK = `
redis.call('zadd', KEYS[1], ARGV[2], ARGV[3])
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
redis.call('zremrangebyrank', KEYS[1], 0, -${MAX_MARKS + 1})
return 1`;

/** What ZRANGEBYSCORE gives WITHSCORES: members and scores in turn. */
export function readMarks(reply: readonly string[]): HealthMark[] {
  const marks: HealthMark[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const mark = readMark(reply[i] ?? '', Number(reply[i + 1]));
    if (mark !== null) marks.push(mark);
  }
  return marks;
}
