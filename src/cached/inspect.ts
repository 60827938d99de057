import { readDirectives } from '../cache/directives.ts';
import { ageSeconds, type Freshness, freshness, type StaleSettings } from '../cache/freshness.ts';
import { type BypassReason, type CacheMode, mayCache } from '../cache/policy.ts';
import type { Purge } from '../cache/purge.ts';
import type { Tier, Tiers } from '../cache/tiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import { type Keyed, keyOf } from './key-of.ts';

/** What the cache would do with a call. */
export type Inspection =
  | { readonly cacheable: false; readonly reason: BypassReason }
  | {
      readonly cacheable: true;
      readonly key: string;
      /** null: there is no answer to it. */
      readonly kept: { readonly tier: Tier; readonly state: Freshness; readonly age_seconds: number } | null;
    };

export interface InspectDeps {
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly tiers: Tiers;
  readonly purge: Purge;
  readonly mode: CacheMode;
  readonly stale: StaleSettings;
}

/** @throws GatewayError for the headers that the cache itself would refuse. */
export type Inspect = (keyed: Omit<Keyed, 'namespace'>) => Promise<Inspection>;

export function createInspect({ clock, sha256, tiers, purge, mode, stale }: InspectDeps): Inspect {
  return async function inspect(asked) {
    const directives = readDirectives(asked.incoming.headers);
    const { namespace } = directives;
    const verdict = mayCache(asked.call, mode);
    if (!verdict.cache) return { cacheable: false, reason: verdict.reason };
    const key = await keyOf({ ...asked, namespace }, sha256);
    if (key === null) return { cacheable: false, reason: 'too_deep' };
    const found = await tiers.lookup(asked.tenant, key);
    if (found === null || (await purge.isPurged(asked.tenant, namespace, found.entry))) {
      return { cacheable: true, key, kept: null };
    }
    const { entry, tier } = found;
    const now = clock.now();
    // Never early: to look is not to renew.
    const state = freshness({ entry, now, directives, settings: stale, random: () => 0 });
    return { cacheable: true, key, kept: { tier, state, age_seconds: ageSeconds(entry, now) } };
  };
}
