import { randomUUID } from 'node:crypto';
import { Command } from 'ioredis';
import type { CacheStore } from '../../../src/ports/cache-store.ts';
import { openEntry, sealEntry } from '../../cache-entry.ts';
import { cacheKeys, RELEASE_LEASE } from '../../cache-keys.ts';
import { toPx } from '../../cache-ttl.ts';
import { createRunRedis, type RedisOptions } from './guarded.ts';
import { nodeGzip } from './gzip.ts';

/** The deadline does not count compression. */
export interface RedisCacheStoreOptions extends RedisOptions {
  /** Values longer than this are compressed, if that makes them shorter. */
  readonly compressAbove?: number;
}

const keys = cacheKeys('v1');

/** Entries in one Redis or a Redis Cluster, as bytes. */
export function createRedisCacheStore(options: RedisCacheStoreOptions): CacheStore {
  const { compressAbove = 2_048 } = options;
  const send = createRunRedis(options, 'Redis', options.deadlineMs ?? 50);
  const holder = randomUUID();

  function run(name: string, ...args: (string | Buffer | number)[]): Promise<unknown> {
    return send(new Command(name, args));
  }

  async function remove(tenant: string, key: string): Promise<void> {
    await run('del', keys.entry(tenant, key));
  }

  return {
    async get(tenant, key) {
      const stored = await run('get', keys.entry(tenant, key));
      return stored instanceof Buffer ? openEntry(stored, nodeGzip) : null;
    },
    async set(tenant, key, value, ttlMs) {
      if (!(ttlMs > 0)) return remove(tenant, key);
      const { buffer, byteOffset, byteLength } = await sealEntry(value, { gzip: nodeGzip, compressAbove });
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      await run('set', keys.entry(tenant, key), bytes, 'PX', toPx(ttlMs));
    },
    delete: remove,
    async acquire(tenant, key, ttlMs) {
      const args = [keys.lease(tenant, key), holder, 'NX', 'PX', toPx(ttlMs)];
      return (await run('set', ...args)) !== null;
    },
    async release(tenant, key) {
      await run('eval', RELEASE_LEASE, 1, keys.lease(tenant, key), holder);
    },
  };
}
