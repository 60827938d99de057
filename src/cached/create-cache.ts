import { METRICS } from '../account/instruments.ts';
import { createPolicyOf, type PolicyOf } from '../cache/cache-policy.ts';
import { createPurge } from '../cache/purge.ts';
import { createTiers } from '../cache/tiers.ts';
import type { CacheConfig } from '../config/config.ts';
import type { Dispatch } from '../dispatch.ts';
import type { PurgeOrder } from '../edge/read-purge.ts';
import type { GatewayDeps } from '../ports/index.ts';
import type { Resolve } from '../route/resolve.ts';
import { type CachedCall, createCachedCall } from './cached-call.ts';
import { createEmbedder, type EmbedderDeps } from './embedder.ts';
import { createFly } from './fly.ts';
import { createInspect, type Inspect } from './inspect.ts';
import { createJoin } from './join.ts';
import { createKeep } from './keep.ts';
import { createKnownCalls, type KnownCalls } from './known-calls.ts';
import { createLease } from './lease.ts';
import { createLook, type Look } from './look.ts';
import { createSemantic, type Semantic } from './semantic.ts';

export interface CacheDeps extends EmbedderDeps, Pick<GatewayDeps, 'sha256' | 'cache' | 'vectors'> {
  readonly dispatch: Dispatch;
  readonly resolve: Resolve;
  /** The longest time of any call, in milliseconds. */
  readonly totalMs: number;
}

export interface Cache {
  readonly call: CachedCall;
  readonly policyOf: PolicyOf;
  /** The call that a text was; null: it is not known. */
  readonly knownCall: KnownCalls['find'];
  /** What the cache would do with a call, without doing it. */
  readonly inspect: Inspect;
  /** Resolves when it is noted: every process has heard of it within two seconds. Rejects when it could not be. */
  purge(order: PurgeOrder): Promise<void>;
}

/** The cache as it is configured. @throws Error for a configuration that only the providers could tell to be wrong. */
export function createCache(deps: CacheDeps, config: CacheConfig): Cache {
  const { clock, metrics, dispatch, totalMs } = deps;
  const { l1, l2, purges, sharesFlights } = deps.cache;
  const l1TtlMs = config.l1TtlSeconds * 1000;
  const onError = (operation: string) => metrics.add(METRICS.cacheErrors, 1, ['l2', operation]);
  const tiers = createTiers({
    l1,
    l2,
    clock,
    l1Ms: l1TtlMs,
    onWrite: (tier) => metrics.add(METRICS.cacheWrites, 1, [tier]),
    onError,
    queue: sharesFlights ? { onDropped: () => onError('set') } : null,
  });
  const purge = createPurge({
    store: purges,
    clock,
    entryLifeMs: MAX_ENTRY_LIFE_MS,
    onError: () => metrics.add(METRICS.cacheErrors, 1, [l2 === null ? 'l1' : 'l2', 'get']),
  });
  const { replayPaceMs } = config;
  const looking = { clock, tiers, purge };
  const look = createLook({ ...looking, random: Math.random });
  const keep = createKeep({ clock, tiers, settings: { nearMs: l2 === null ? null : l1TtlMs } });
  const fly = createFly({ dispatch, keep });
  const lease = l2 === null ? null : createLease({ store: l2, clock, onError });
  const semantic = semanticOf(deps, config.semantic, look);
  const known = createKnownCalls();
  const join = createJoin({ clock, metrics, fly, lease, totalMs, sharesFlights });
  return {
    policyOf: createPolicyOf(config, l2 !== null),
    knownCall: known.find,
    call: createCachedCall({ ...deps, look, join, known, semantic, replayPaceMs }),
    inspect: createInspect({
      clock,
      sha256: deps.sha256,
      look: createLook({ ...looking, random: () => 0 }),
    }),
    async purge(order) {
      if (order.what === 'entry') await tiers.remove(order.tenant, order.name);
      if (order.what === 'tenant') await purge.purge(order.tenant, { kind: 'tenant' });
      else await purge.purge(order.tenant, { kind: order.what, name: order.name });
    },
  };
}

/** @throws Error when the configured model cannot be asked: better no gateway than one that silently compares nothing. */
function semanticOf(deps: CacheDeps, config: CacheConfig['semantic'], look: Look): Semantic | null {
  if (config === null) return null;
  try {
    const target = deps.resolve(config.model, 'embeddings');
    const { sharesFlights } = deps.cache;
    return createSemantic({
      ...deps,
      config,
      target,
      embedder: createEmbedder(deps, target),
      look,
      sharesFlights,
    });
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.replace(/\.$/, '') : String(fault);
    throw new Error(`CACHE_SEMANTIC_MODEL: ${why}`);
  }
}

/** The longest that a client may ask for, and a day of stale times. */
const MAX_ENTRY_LIFE_MS = 31 * 24 * 3600 * 1000;
