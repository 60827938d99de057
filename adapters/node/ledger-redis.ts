import type { StartConfig } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { clock } from './deps.ts';
import { createRedisClient, type RedisClient } from './redis/client.ts';
import { timeCommands } from './redis/timed.ts';

/**
 * The Redis of what must not be lost (limits, budgets, the ledger, managed keys, credentials), which may be another than that
 * of the cache: that one may evict what it has no room for. Its connections are its own in any case, since a decision must
 * not wait behind an answer of the cache. Null: there is no Redis.
 */
export function createLedgerRedis(
  { redis }: StartConfig,
  logger: Logger,
  metrics: Metrics,
): RedisClient | null {
  const { ledgerUrl, password } = redis;
  const url = ledgerUrl ?? redis.url;
  const clusterNodes = ledgerUrl === null ? redis.clusterNodes : [];
  if (url === null && clusterNodes.length === 0) return null;
  return timeCommands(createRedisClient({ url, clusterNodes, password, logger }), clock, metrics);
}
