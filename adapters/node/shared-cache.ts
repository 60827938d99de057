import type { Config } from '../../src/index.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { clock } from './deps.ts';
import { createRedisCacheStore } from './redis/cache-store.ts';
import { createRedisClient } from './redis/client.ts';
import { timeCommands } from './redis/timed.ts';

/** The second tier of the cache, where a Redis is configured for it. */
export interface SharedCache {
  readonly store: CacheStore | null;
  /** Whether Redis is connected; null: none is used. */
  isUp(): boolean | null;
  close(): Promise<void>;
}

export function createSharedCache({ cache, redis }: Config, logger: Logger, metrics: Metrics): SharedCache {
  const { url, clusterNodes, password } = redis;
  const isConfigured = url !== null || clusterNodes.length > 0;
  if (!isConfigured || cache.enableL2 === false)
    return { store: null, isUp: () => null, close: async () => {} };
  const client = timeCommands(createRedisClient({ url, clusterNodes, password, logger }), clock, metrics);
  return {
    store: createRedisCacheStore({ client, clock, logger }),
    isUp: client.isUp,
    close: async () => client.close(),
  };
}
