import type { CacheConfig } from '../config/config.ts';
import type { CacheMode, CachePolicy, KeyCache } from '../domain/cache-policy.ts';
import type { RouteCache } from '../domain/plan.ts';

/**
 * How a call is cached: as the gateway says, unless its route or its key says otherwise. Where both name a mode, the
 * stricter counts: a key cannot have what a route does not give, nor a route keep what a key does not want kept.
 */
export type PolicyOf = (route: RouteCache | null, key: KeyCache | null) => CachePolicy;

/** @param isShared there is a second tier, whose time to live is the longer one. */
export function createPolicyOf(config: CacheConfig, isShared: boolean): PolicyOf {
  const own: CachePolicy = {
    mode: config.mode,
    ttlMs: (isShared ? config.l2TtlSeconds : config.l1TtlSeconds) * 1000,
    staleWhileRevalidateMs: config.staleWhileRevalidateSeconds * 1000,
    staleIfErrorMs: config.staleIfErrorSeconds * 1000,
    keep: [],
    semantic: config.semantic?.mode ?? 'off',
  };

  return function policyOf(route, key) {
    if (route === null && key === null) return own;
    return { ...(route === null ? own : overlaid(route)), mode: modeOf(route?.mode ?? null, key) };
  };

  function overlaid(route: RouteCache): CachePolicy {
    return {
      mode: own.mode,
      ttlMs: toMs(route.ttlSeconds) ?? own.ttlMs,
      staleWhileRevalidateMs: toMs(route.staleWhileRevalidateSeconds) ?? own.staleWhileRevalidateMs,
      staleIfErrorMs: toMs(route.staleIfErrorSeconds) ?? own.staleIfErrorMs,
      keep: route.keep,
      semantic: route.semantic ?? own.semantic,
    };
  }

  function modeOf(route: CacheMode | null, key: KeyCache | null): CacheMode {
    if (route === null || key === null) return route ?? key?.mode ?? own.mode;
    return STRICTNESS[route] > STRICTNESS[key.mode] ? route : key.mode;
  }
}

const STRICTNESS: Readonly<Record<CacheMode, number>> = { all: 0, deterministic: 1, off: 2 };

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
