import { randomUUID } from 'node:crypto';
import { Command } from 'ioredis';
import type { CacheStore } from '../../../src/ports/cache-store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { openEntry, sealEntry } from '../../cache-entry.ts';
import { cacheKeys, RELEASE_LEASE } from '../../cache-keys.ts';
import { toPx } from '../../cache-ttl.ts';
import { createGuard } from '../../guard.ts';
import type { RedisClient } from './client.ts';
import { toStoreFault } from './faults.ts';
import { nodeGzip } from './gzip.ts';

export interface RedisCacheStoreOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation, not counting compression. */
  readonly deadlineMs?: number;
  /** Values longer than this are compressed, if that makes them shorter. */
  readonly compressAbove?: number;
}

const keys = cacheKeys('v1');

/** Entries in one Redis or a Redis Cluster, as bytes. */
export function createRedisCacheStore({
  client,
  clock,
  logger,
  deadlineMs = 50,
  compressAbove = 2_048,
}: RedisCacheStoreOptions): CacheStore {
  const guard = createGuard({
    clock,
    logger,
    name: 'Redis',
    deadlineMs,
    toFault: toStoreFault,
    // A node that refuses answers, and where there is no connection, ioredis rejects at once.
    isWell: ({ kind }) => (kind === 'unavailable' ? null : kind === 'refused'),
  });
  const holder = randomUUID();

  function run(name: string, ...args: (string | Buffer | number)[]): Promise<unknown> {
    const command = new Command(name, args);
    return guard.run(client.shardOf(command), () => client.send(command));
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
