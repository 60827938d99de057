import { METRICS } from '../../../src/account/instruments.ts';
import type { CacheStore } from '../../../src/ports/cache-store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';

/** The same store, with the time of each operation in the metrics under the name of its command. */
export function timeOperations(store: CacheStore, clock: Clock, metrics: Metrics): CacheStore {
  async function timed<T>(op: string, work: Promise<T>): Promise<T> {
    const startedAt = clock.monotonic();
    try {
      return await work;
    } finally {
      metrics.observe(METRICS.redisDuration, (clock.monotonic() - startedAt) / 1000, [op]);
    }
  }
  return {
    get: (tenant, key) => timed('get', store.get(tenant, key)),
    set: (tenant, key, value, ttlMs) => timed('set', store.set(tenant, key, value, ttlMs)),
    delete: (tenant, key) => timed('del', store.delete(tenant, key)),
    acquire: (tenant, key, ttlMs) => timed('set', store.acquire(tenant, key, ttlMs)),
    release: (tenant, key) => timed('eval', store.release(tenant, key)),
  };
}
