import { METRICS } from '../account/instruments.ts';
import { createPurge } from '../cache/purge.ts';
import { createTiers, type Tier } from '../cache/tiers.ts';
import type { CacheConfig } from '../config/config.ts';
import type { Dispatch } from '../dispatch.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { type CachedCall, createCachedCall } from './cached-call.ts';

export interface CacheDeps extends Pick<GatewayDeps, 'clock' | 'sha256' | 'metrics' | 'cache'> {
  readonly dispatch: Dispatch;
  readonly modelLabel: (provider: string, model: string) => string;
}

/** The cache as it is configured. */
export function createCache(deps: CacheDeps, config: CacheConfig): CachedCall {
  const { clock, metrics } = deps;
  const { l1, l2, sharesFlights } = deps.cache;
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
    store: l2 ?? l1,
    clock,
    entryLifeMs: MAX_ENTRY_LIFE_MS,
    onError: () => onError(l2 === null ? 'l1' : 'l2', 'get'),
  });
  const l2TtlMs = l2 === null ? null : config.l2TtlSeconds * 1000;
  const settings = { ...stale, mode: config.mode, replayPaceMs: config.replayPaceMs, l1TtlMs, l2TtlMs };
  return createCachedCall({ ...deps, tiers, purge, settings, sharesFlights });
}

/** The longest that a client may ask for, and a day of stale times. */
const MAX_ENTRY_LIFE_MS = 31 * 24 * 3600 * 1000;
