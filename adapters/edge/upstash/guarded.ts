import type { Redis } from '@upstash/redis/cloudflare';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import { createUpstashClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. */
  readonly deadlineMs?: number;
}

/** One operation, within its deadline and behind the breaker. @throws StoreFault */
export type RunUpstash = <T>(work: (redis: Redis) => Promise<T>) => Promise<T>;

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';

/** @param name for the log */
export function createRunUpstash(
  { url, token, clock, logger }: UpstashOptions,
  name: string,
  deadlineMs: number,
): RunUpstash {
  const redis = createUpstashClient({ url, token, deadlineMs });
  const guard = createGuard({
    clock,
    logger,
    name,
    deadlineMs,
    toFault: toStoreFault,
    // Every call costs a way over the network, also one that is refused.
    isWell: () => false,
  });
  return (work) => guard.run(SHARD, () => work(redis));
}
