import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import type { RunScript } from '../../run-script.ts';
import { createUpstashClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface UpstashRunScriptOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlineMs?: number;
}

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';

/** Scripts on Upstash Redis over its REST API. */
export function createUpstashRunScript({
  url,
  token,
  clock,
  logger,
  deadlineMs = 150,
}: UpstashRunScriptOptions): RunScript {
  const redis = createUpstashClient({ url, token, deadlineMs });
  const guard = createGuard({
    clock,
    logger,
    name: 'Upstash',
    deadlineMs,
    toFault: toStoreFault,
    // Every call costs a way over the network, also one that is refused.
    isWell: () => false,
  });
  return (script, keys, args) => guard.run(SHARD, () => redis.eval(script, [...keys], [...args]));
}
