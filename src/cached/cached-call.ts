import { METRICS } from '../account/instruments.ts';
import { readDirectives } from '../cache/directives.ts';
import { mayCache } from '../cache/policy.ts';
import type { CallLife } from '../call-life.ts';
import type { Dispatch, Prepared } from '../dispatch.ts';
import type { Answer, CacheStatus } from '../domain/answer.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Asked } from './asked.ts';
import { answerFrom, type HitTier } from './hit.ts';
import type { Join, LookElsewhere } from './join.ts';
import { aroundOf, keyOf } from './key-of.ts';
import type { KnownCalls } from './known-calls.ts';
import type { Found, Look } from './look.ts';
import { type Meant, NOTHING_MEANT, type Semantic } from './semantic.ts';

export interface CachedCallDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly sha256: Sha256;
  readonly dispatch: Dispatch;
  readonly look: Look;
  readonly join: Join;
  readonly known: KnownCalls;
  /** Null: off. */
  readonly semantic: Semantic | null;
  /** Milliseconds between the chunks of a replayed stream; 0: at once. */
  readonly replayPaceMs: number;
  readonly modelLabel: (provider: string, model: string) => string;
}

/**
 * A call that may be answered by what was answered before, or is being answered now.
 * @param again makes the life of the same call for nobody: an entry is renewed behind the answer that it gave.
 * @throws GatewayError
 */
export type CachedCall = (principal: Principal, prepared: Prepared, again: () => CallLife) => Promise<Answer>;

export function createCachedCall(deps: CachedCallDeps): CachedCall {
  const { metrics, dispatch, look, join, known, semantic } = deps;

  return async function cachedCall(principal, prepared, again) {
    const { life, call, plan, cachePolicy: policy } = prepared;
    const { incoming } = life.record;
    const directives = readDirectives(incoming.headers);
    const keyed = { tenant: principal.tenant, namespace: directives.namespace, call, plan, incoming };
    const { mode } = policy;
    const around = aroundOf(keyed);
    const knownKey = known.keyOf(call, mode, around);
    const key = knownKey ?? (mayCache(call, mode).cache ? await keyOf(keyed, deps.sha256, around) : null);
    if (key === null) {
      if (directives.onlyIfCached) throw notCached('This call is not one that the cache keeps');
      return dispatch(principal, prepared);
    }
    const asked = { principal, prepared, directives, policy, key, again };
    if (directives.noCache) return anew(asked);
    const answer = await lookedUp(asked);
    if (knownKey === null && HITS.has(life.record.cache))
      known.keep(principal.tenant, call, { mode, around, key });
    return answer;
  };

  /** The provider is to be asked. */
  function anew(asked: Asked): Promise<Answer> {
    if (asked.directives.onlyIfCached) return missed(asked);
    return join.join(asked, null);
  }

  async function lookedUp(asked: Asked): Promise<Answer> {
    let isFaulty = false;
    const looking = look.everywhere(asked, () => {
      isFaulty = true;
    });
    const found =
      looking instanceof Promise ? await asked.prepared.life.timed('cache get', () => looking) : looking;
    const own = answerOf(asked, found);
    if (own !== null) return own;
    const { answer: near, remember } = await meant(asked);
    const answer = near ?? (await justKept(asked));
    if (answer !== null) return answer;
    if (asked.directives.onlyIfCached) return missed(asked);
    try {
      return await join.join({ ...asked, remember }, isFaulty ? null : elsewhere(asked));
    } catch (fault) {
      const stale = found === null || !isProvidersFault(fault) ? null : hit(asked, found.entry, 'stale');
      if (stale === null) throw fault;
      return stale;
    }
  }

  /** A call that is under way already is as good as its answer. */
  async function meant(asked: Asked): Promise<Meant> {
    if (semantic === null || asked.policy.semantic === 'off' || join.isUnderWay(asked)) return NOTHING_MEANT;
    return semantic(asked, (entry, tier) => hit(asked, entry, tier));
  }

  /** A call that was under way while this one was looked up may be over by now. */
  async function justKept(asked: Asked): Promise<Answer | null> {
    return join.isUnderWay(asked) ? null : answerOf(asked, await look.near(asked));
  }

  /** What another process is asked for while it answers the same call. Streams come too late to be worth it. */
  function elsewhere(asked: Asked): LookElsewhere | null {
    const { prepared, directives } = asked;
    if (prepared.call.stream || directives.noStore) return null;
    const forAll = { ...asked, prepared: { ...prepared, headers: {} } };
    return async () => {
      const found = await look.everywhere(asked);
      return found !== null && isGood(found) ? hit(forAll, found.entry, 'coalesced') : null;
    };
  }

  /** Null: what was found is no answer, or one only if nobody has a better. */
  function answerOf(asked: Asked, found: Found | null): Answer | null {
    if (found === null || found.state === 'stale-on-error') return null;
    const answer = hit(asked, found.entry, found.state === 'stale-revalidate' ? 'stale' : found.tier);
    if (answer !== null && found.state !== 'fresh') join.renew(asked);
    return answer;
  }

  function hit({ prepared }: Asked, entry: Entry, tier: HitTier): Answer | null {
    return answerFrom(entry, tier, prepared, deps);
  }

  function missed({ prepared }: Asked): never {
    prepared.life.record.cache = 'miss';
    metrics.add(METRICS.cacheMisses, 1, []);
    throw notCached('The cache has no answer to this call');
  }
}

const HITS: ReadonlySet<CacheStatus> = new Set<CacheStatus>(['hit-l1', 'hit-l2']);

function isGood({ state }: Found): boolean {
  return state === 'fresh' || state === 'refresh-early';
}

/** 504, as RFC 9111 section 5.2.1.7 has it. */
function notCached(what: string): GatewayError {
  return new GatewayError('not_cached', `${what}, and "only-if-cached" asks for nothing else.`);
}

/** What a stale answer is better than. */
const PROVIDERS_FAULTS: ReadonlySet<string> = new Set([
  'upstream_failed',
  'upstream_invalid',
  'upstream_auth_failed',
  'upstream_timeout',
  'no_provider',
]);

function isProvidersFault(fault: unknown): boolean {
  return fault instanceof GatewayError && PROVIDERS_FAULTS.has(fault.code);
}
