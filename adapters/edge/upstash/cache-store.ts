import type { CacheStore } from '../../../src/ports/cache-store.ts';
import { openEntry, sealEntry } from '../../cache-entry.ts';
import { cacheKeys, RELEASE_LEASE } from '../../cache-keys.ts';
import { toPx } from '../../cache-ttl.ts';
import { webGzip } from '../../compression.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { createRunUpstash, type UpstashOptions } from './guarded.ts';

export interface UpstashCacheStoreOptions extends UpstashOptions {
  /** Values longer than this are compressed, if that makes them shorter. */
  readonly compressAbove?: number;
}

const keys = cacheKeys('v1t');

/** Entries in Upstash Redis over its REST API, as base64. */
export function createUpstashCacheStore(options: UpstashCacheStoreOptions): CacheStore {
  const { compressAbove = 8_192 } = options;
  const run = createRunUpstash(options, 'Upstash', options.deadlineMs ?? 150);
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
