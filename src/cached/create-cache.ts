import { METRICS } from '../account/instruments.ts';
import { createPurge } from '../cache/purge.ts';
import { createTiers, type Tier } from '../cache/tiers.ts';
import type { CacheConfig } from '../config/config.ts';
import type { Dispatch } from '../dispatch.ts';
import type { PurgeOrder } from '../edge/read-purge.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { type CachedCall, createCachedCall } from './cached-call.ts';
import { createInspect, type Inspect } from './inspect.ts';

export interface CacheDeps extends Pick<GatewayDeps, 'clock' | 'sha256' | 'metrics' | 'cache'> {
  readonly dispatch: Dispatch;
  readonly modelLabel: (provider: string, model: string) => string;
}

export interface Cache {
  readonly call: CachedCall;
  /** What the cache would do with a call, without doing it. */
  readonly inspect: Inspect;
  /** Resolves when it is noted: every process has heard of it within two seconds. Rejects when it could not be. */
  purge(order: PurgeOrder): Promise<void>;
}

/** The cache as it is configured. */
export function createCache(deps: CacheDeps, config: CacheConfig): Cache {
  const { clock, metrics } = deps;
  const { l1, l2, purges, sharesFlights } = deps.cache;
  const stale = {
    staleWhileRevalidateMs: config.staleWhileRevalidateSeconds * 1000,
    staleIfErrorMs: config.staleIfErrorSeconds * 1000,
  };
  const l1TtlMs = config.l1TtlSeconds * 1000;
  const onError = (tier: Tier, operation: string) => metrics.add(METRICS.cacheErrors, 1, [tier, operation]);
  const tiers = createTiers({
    l1,
    l2,
    clock,
    l1Ms: l1TtlMs,
    stale,
    onWrite: (tier) => metrics.add(METRICS.cacheWrites, 1, [tier]),
    onError,
    queue: { onDropped: () => onError('l2', 'set') },
  });
  const purge = createPurge({
    store: purges,
    clock,
    entryLifeMs: MAX_ENTRY_LIFE_MS,
    onError: () => onError(l2 === null ? 'l1' : 'l2', 'get'),
  });
  const l2TtlMs = l2 === null ? null : config.l2TtlSeconds * 1000;
  const settings = { ...stale, mode: config.mode, replayPaceMs: config.replayPaceMs, l1TtlMs, l2TtlMs };
  return {
    call: createCachedCall({ ...deps, tiers, purge, settings, sharesFlights }),
    inspect: createInspect({ clock, sha256: deps.sha256, tiers, purge, mode: config.mode, stale }),
    async purge(order) {
      if (order.what === 'entry') await tiers.remove(order.tenant, order.name);
      else if (order.what === 'tenant') await purge.purge(order.tenant, { kind: 'tenant' });
      else await purge.purge(order.tenant, { kind: order.what, name: order.name });
    },
  };
}

/** The longest that a client may ask for, and a day of stale times. */
const MAX_ENTRY_LIFE_MS = 31 * 24 * 3600 * 1000;
