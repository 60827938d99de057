import { METRICS } from '../account/instruments.ts';
import { type Directives, readDirectives } from '../cache/directives.ts';
import type { Entry } from '../cache/entry.ts';
import type { Flight, Landing } from '../cache/flight.ts';
import { Flights } from '../cache/flights.ts';
import { type Freshness, freshness } from '../cache/freshness.ts';
import { type CacheMode, mayCache } from '../cache/policy.ts';
import type { Purge } from '../cache/purge.ts';
import type { Tier, Tiers } from '../cache/tiers.ts';
import type { CallLife } from '../call-life.ts';
import type { Dispatch, Prepared } from '../dispatch.ts';
import type { Answer } from '../domain/answer.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { Metrics } from '../ports/metrics.ts';
import { clientGone } from '../streams/call-scope.ts';
import { type Head, headOf, sharedHeaders } from './head.ts';
import { answerFrom, type HitTier } from './hit.ts';
import { createKeep, type KeepSettings } from './keep.ts';
import { keyOf } from './key-of.ts';
import { passengerTap } from './passenger-tap.ts';
import { Seat } from './seat.ts';

export interface CacheSettings extends KeepSettings {
  readonly mode: CacheMode;
  /** Milliseconds between the chunks of a replayed stream; 0: at once. */
  readonly replayPaceMs: number;
}

export interface CachedCallDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly sha256: Sha256;
  readonly dispatch: Dispatch;
  readonly tiers: Tiers;
  readonly purge: Purge;
  readonly settings: CacheSettings;
  readonly modelLabel: (provider: string, model: string) => string;
  /** False where what one request has begun may not be used by another (workerd's request contexts). */
  readonly sharesFlights: boolean;
}

/**
 * A call that may be answered by what was answered before, or is being answered now.
 * @param again makes the life of the same call for nobody: an entry is renewed behind the answer that it gave.
 * @throws GatewayError
 */
export type CachedCall = (principal: Principal, prepared: Prepared, again: () => CallLife) => Promise<Answer>;

/** A call that may be looked up. */
interface Asked {
  readonly principal: Principal;
  readonly prepared: Prepared;
  readonly directives: Directives;
  readonly key: string;
  readonly again: () => CallLife;
}

interface Found {
  readonly tier: Tier;
  readonly entry: Entry;
  readonly state: Freshness;
}

/** Of one stream, and of all that are under way in this process. */
const MAX_RECORDED_BYTES = 8 << 20;
const MAX_RECORDING_BYTES = 64 << 20;

export function createCachedCall(deps: CachedCallDeps): CachedCall {
  const { clock, metrics, dispatch, tiers, settings } = deps;
  const flights = new Flights<Head>({ maxBytes: MAX_RECORDED_BYTES, maxTotalBytes: MAX_RECORDING_BYTES });
  const keep = createKeep({ clock, tiers, settings });

  return async function cachedCall(principal, prepared, again) {
    const { life, call, target } = prepared;
    const directives = readDirectives(life.record.incoming.headers);
    const { incoming } = life.record;
    const keyed = { tenant: principal.tenant, namespace: directives.namespace, call, target, incoming };
    const key = mayCache(call, settings.mode).cache ? await keyOf(keyed, deps.sha256) : null;
    if (key === null) {
      if (directives.onlyIfCached) throw notCached('This call is not one that the cache keeps');
      return dispatch(principal, prepared);
    }
    const asked = { principal, prepared, directives, key, again };
    const found = directives.noCache ? null : await look(asked);
    const answer = found === null ? null : answerOf(asked, found);
    if (answer !== null) return answer;
    life.record.cache = 'miss';
    metrics.add(METRICS.cacheMisses, 1, []);
    if (directives.onlyIfCached) throw notCached('The cache has no answer to this call');
    try {
      return await join(asked);
    } catch (fault) {
      const stale = found === null || !isProvidersFault(fault) ? null : hit(asked, found.entry, 'stale');
      if (stale === null) throw fault;
      return stale;
    }
  };

  async function look({ principal, key, directives }: Asked): Promise<Found | null> {
    const kept = await tiers.lookup(principal.tenant, key);
    if (kept === null) return null;
    if (await deps.purge.isPurged(principal.tenant, directives.namespace, kept.entry)) return null;
    const now = clock.now();
    const state = freshness({ entry: kept.entry, now, directives, settings, random: Math.random });
    return state === 'dead' ? null : { ...kept, state };
  }

  /** Null: what was found is no answer, or one only if nobody has a better. */
  function answerOf(asked: Asked, { entry, tier, state }: Found): Answer | null {
    if (state === 'stale-on-error' || state === 'dead') return null;
    const answer = hit(asked, entry, state === 'stale-revalidate' ? 'stale' : tier);
    if (answer !== null && state !== 'fresh') renew(asked);
    return answer;
  }

  function hit({ prepared }: Asked, entry: Entry, tier: HitTier): Answer | null {
    return answerFrom(entry, tier, prepared, { ...deps, replayPaceMs: settings.replayPaceMs });
  }

  /** Who comes first calls the provider; its call ends when the last of those who joined has left. */
  async function join(asked: Asked): Promise<Answer> {
    const { prepared, principal } = asked;
    const { life } = prepared;
    const seat = new Seat(life);
    let leads = false;
    const tap = () => passengerTap(prepared, leads ? null : (left) => followerOver(life, left));
    const joined = flights.join(flightKey(asked), { signal: seat.signal, tap }, (flight) => {
      leads = true;
      seat.lead(flight.signal);
      return fly(asked, prepared, flight);
    });
    if (!joined.leads) return follow(joined.landing, principal, prepared);
    life.hold(joined.over.catch(() => {}));
    try {
      const { head, body } = await joined.landing;
      return { ...head, headers: { ...head.headers }, body };
    } catch (fault) {
      // Its client has left: the call is accounted for when it ends, which is when all have left.
      await joined.over.catch(() => {});
      throw fault instanceof GatewayError ? fault : clientGone();
    }
  }

  function flightKey({ principal, prepared, key }: Asked): string {
    const own = deps.sharesFlights ? '' : prepared.life.record.attemptId;
    return `${principal.tenant} ${key} ${own}`;
  }

  /** Calls the provider for all who joined, and keeps what it answers. */
  async function fly(asked: Asked, prepared: Prepared, flight: Flight<Head>): Promise<void> {
    const { principal, key, directives } = asked;
    const answer = await dispatch(principal, { ...prepared, shared: true });
    const head = headOf(answer);
    const kept = { principal, prepared, key, directives, head };
    if (answer.body instanceof ReadableStream) {
      const recording = await flight.landStream(head, answer.body);
      if (recording !== null) await keep.stream(kept, recording);
    } else {
      flight.land({ head, body: answer.body });
      if (answer.body !== null) await keep.whole(kept, answer.body);
    }
  }

  async function follow(
    landing: Promise<Landing<Head>>,
    principal: Principal,
    prepared: Prepared,
  ): Promise<Answer> {
    const { life } = prepared;
    const { record, scope } = life;
    record.cache = 'coalesced';
    try {
      const { head, body } = await landing;
      record.status = head.status;
      record.cost = 0;
      record.streamed = body instanceof ReadableStream;
      if (head.status >= 400) record.error = `upstream_${head.status}`;
      metrics.add(METRICS.cacheHits, 1, ['coalesced']);
      const headers = sharedHeaders(head, prepared);
      if (!record.streamed) life.finish();
      return { status: head.status, headers, body };
    } catch (fault) {
      // The leader's own time was over, or its client's; this one has time left.
      if (scope.signal.aborted || !isOthersEnd(fault)) throw fault;
      record.cache = 'miss';
      return dispatch(principal, prepared);
    }
  }

  /** Behind an answer that was given from the cache. */
  function renew(asked: Asked): void {
    const nobody = new AbortController();
    const joined = flights.join(flightKey(asked), { signal: nobody.signal }, (flight) => {
      const life = asked.again();
      life.scope.follow(flight.signal);
      return fly(asked, { ...asked.prepared, life }, flight).catch((fault: unknown) => {
        life.refuse(fault);
        throw fault;
      });
    });
    const drained = joined.landing.then(({ body }) => drain(body));
    asked.prepared.life.hold(Promise.allSettled([drained, joined.over]));
  }
}

function followerOver(life: CallLife, left: boolean): void {
  const { record } = life;
  if (left) {
    record.error = 'client_closed';
    record.disconnect = 'streaming';
  }
  life.finish();
}

async function drain(body: Answer['body']): Promise<void> {
  if (!(body instanceof ReadableStream)) return;
  const reader = body.getReader();
  while (!(await reader.read()).done);
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

function isOthersEnd(fault: unknown): boolean {
  return (
    fault instanceof GatewayError && (fault.code === 'client_closed' || fault.code === 'upstream_timeout')
  );
}
