import type { Redis } from '@upstash/redis/cloudflare';
import type { CacheStore } from '../../../src/ports/cache-store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { openEntry, sealEntry } from '../../cache-entry.ts';
import { cacheKeys, RELEASE_LEASE } from '../../cache-keys.ts';
import { toPx } from '../../cache-ttl.ts';
import { webGzip } from '../../compression.ts';
import { createGuard } from '../../guard.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { createUpstashClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface UpstashCacheStoreOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation, not counting compression. */
  readonly deadlineMs?: number;
  /** Values longer than this are compressed, if that makes them shorter. */
  readonly compressAbove?: number;
}

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';
const keys = cacheKeys('v1t');

/** Entries in Upstash Redis over its REST API, as base64. */
export function createUpstashCacheStore({
  url,
  token,
  clock,
  logger,
  deadlineMs = 150,
  compressAbove = 8_192,
}: UpstashCacheStoreOptions): CacheStore {
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
  const run = <T>(work: (redis: Redis) => Promise<T>): Promise<T> => guard.run(SHARD, () => work(redis));
  const holder = crypto.randomUUID();

  async function remove(tenant: string, key: string): Promise<void> {
    await run((redis) => redis.del(keys.entry(tenant, key)));
  }

  return {
    async get(tenant, key) {
      const stored = await run((redis) => redis.get(keys.entry(tenant, key)));
      const entry = typeof stored === 'string' ? fromBase64(stored) : null;
      return entry === null ? null : openEntry(entry, webGzip);
    },
    async set(tenant, key, value, ttlMs) {
      if (!(ttlMs > 0)) return remove(tenant, key);
      const entry = toBase64(await sealEntry(value, { gzip: webGzip, compressAbove }));
      await run((redis) => redis.set(keys.entry(tenant, key), entry, { px: toPx(ttlMs) }));
    },
    delete: remove,
    async acquire(tenant, key, ttlMs) {
      const options = { nx: true, px: toPx(ttlMs) } as const;
      return (await run((redis) => redis.set(keys.lease(tenant, key), holder, options))) !== null;
    },
    async release(tenant, key) {
      await run((redis) => redis.eval(RELEASE_LEASE, [keys.lease(tenant, key)], [holder]));
    },
  };
}
