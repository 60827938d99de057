import type { GatewayDeps } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createLocalLimits } from '../local-limits.ts';
import { createMemoryLimitStore } from '../memory/limit-store.ts';
import { clock } from './deps.ts';
import type { RedisClient } from './redis/client.ts';
import { createRedisLedger } from './redis/ledger.ts';
import { createRedisLimitStore } from './redis/limit-store.ts';

/** Limits, budgets and the ledger, wherever they are kept. */
export type SharedLimits = Pick<GatewayDeps, 'limits' | 'ledger'>;

/**
 * @param host what holds them for the processes of this host, where no Redis does
 * @param mayBeAlone whether each process may hold limits by itself while what all share is away
 */
export function createSharedLimits(
  client: RedisClient | null,
  host: SharedLimits,
  logger: Logger,
  mayBeAlone: () => boolean,
): SharedLimits {
  const { limits, ledger } = client === null ? host : inRedis(client, logger);
  const own = createMemoryLimitStore({ clock });
  return { limits: createLocalLimits({ shared: limits, own, logger, mayBeAlone }), ledger };
}

function inRedis(client: RedisClient, logger: Logger): SharedLimits {
  const options = { client, clock, logger };
  return { limits: createRedisLimitStore(options), ledger: createRedisLedger(options) };
}
