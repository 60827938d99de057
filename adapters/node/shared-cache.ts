import type { Config } from '../../src/index.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { clock } from './deps.ts';
import { createRedisCacheStore } from './redis/cache-store.ts';
import { createRedisClient } from './redis/client.ts';

/** The second tier of the cache, where a Redis is configured for it. */
export interface SharedCache {
  readonly store: CacheStore | null;
  close(): Promise<void>;
}

export function createSharedCache({ cache, redis }: Config, logger: Logger): SharedCache {
  const { url, clusterNodes, password } = redis;
  const isConfigured = url !== null || clusterNodes.length > 0;
  if (!isConfigured || cache.enableL2 === false) return { store: null, close: async () => {} };
  const client = createRedisClient({ url, clusterNodes, password, logger });
  return { store: createRedisCacheStore({ client, clock, logger }), close: async () => client.close() };
}
