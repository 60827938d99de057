import type { GatewayDeps, StartConfig } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { createLocalLimits } from '../local-limits.ts';
import { createMemoryLimitStore } from '../memory/limit-store.ts';
import { clock } from './deps.ts';
import { createRedisClient } from './redis/client.ts';
import { createRedisLedger } from './redis/ledger.ts';
import { createRedisLimitStore } from './redis/limit-store.ts';
import { timeCommands } from './redis/timed.ts';

/** Limits, budgets and the ledger, wherever they are kept. */
export interface SharedLimits extends Pick<GatewayDeps, 'limits' | 'ledger'> {
  close(): void;
}

/**
 * @param host what holds them for the processes of this host, where no Redis does
 * @param mayBeAlone whether each process may hold limits by itself while what all share is away
 */
export function createSharedLimits(
  config: StartConfig,
  host: Pick<GatewayDeps, 'limits' | 'ledger'>,
  logger: Logger,
  metrics: Metrics,
  mayBeAlone: () => boolean,
): SharedLimits {
  const { limits, ledger, close } = inRedis(config, logger, metrics) ?? { ...host, close: () => {} };
  const own = createMemoryLimitStore({ clock });
  return { limits: createLocalLimits({ shared: limits, own, logger, mayBeAlone }), ledger, close };
}

/** With connections of their own: a decision must not wait behind an answer of the cache. Null: there is no Redis. */
function inRedis({ redis }: StartConfig, logger: Logger, metrics: Metrics): SharedLimits | null {
  const { ledgerUrl, clusterNodes, password } = redis;
  const url = ledgerUrl ?? redis.url;
  if (url === null && clusterNodes.length === 0) return null;
  const where = { url, clusterNodes: ledgerUrl === null ? clusterNodes : [] };
  const client = timeCommands(createRedisClient({ ...where, password, logger }), clock, metrics);
  const options = { client, clock, logger };
  return {
    limits: createRedisLimitStore(options),
    ledger: createRedisLedger(options),
    close: () => client.close(),
  };
}
