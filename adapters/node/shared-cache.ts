import type { StartConfig } from '../../src/index.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import type { HealthStore } from '../../src/ports/health-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import type { VectorStore } from '../../src/ports/vector-store.ts';
import { clock } from './deps.ts';
import { createRedisCacheStore } from './redis/cache-store.ts';
import { createRedisClient } from './redis/client.ts';
import { createRedisHealthStore } from './redis/health-store.ts';
import { timeCommands } from './redis/timed.ts';
import { createRedisVectorStore } from './redis/vector-store.ts';

/** What is shared over a Redis, where one is configured. */
export interface SharedCache {
  /** The second tier of the cache; null: it is switched off, or there is no Redis. */
  readonly store: CacheStore | null;
  /** Whether Redis is connected; null: none is used. */
  isUp(): boolean | null;
  readonly health: HealthStore | null;
  /** Questions that were answered; null: each process remembers its own. */
  readonly vectors: VectorStore | null;
  close(): Promise<void>;
}

export function createSharedCache(
  { cache, redis }: StartConfig,
  logger: Logger,
  metrics: Metrics,
): SharedCache {
  const { url, clusterNodes, password } = redis;
  const isConfigured = url !== null || clusterNodes.length > 0;
  if (!isConfigured)
    return { store: null, health: null, vectors: null, isUp: () => null, close: async () => {} };
  const client = timeCommands(createRedisClient({ url, clusterNodes, password, logger }), clock, metrics);
  const store = cache.enableL2 === false ? null : createRedisCacheStore({ client, clock, logger });
  const vectors = store === null ? null : createRedisVectorStore({ client, clock, logger });
  const health = createRedisHealthStore({ client, clock, logger });
  return { store, health, vectors, isUp: client.isUp, close: async () => client.close() };
}
