import { readDirectives } from '../cache/directives.ts';
import { ageSeconds } from '../cache/freshness.ts';
import { type BypassReason, mayCache } from '../cache/policy.ts';
import type { CachePolicy } from '../domain/cache-policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import { type Keyed, keyOf } from './key-of.ts';
import type { Found, Look } from './look.ts';

/** What the cache would do with a call. */
export type Inspection =
  | { readonly cacheable: false; readonly reason: BypassReason }
  | {
      readonly cacheable: true;
      readonly key: string;
      /** null: there is no answer to it. */
      readonly kept: (Pick<Found, 'tier' | 'state'> & { readonly age_seconds: number }) | null;
    };

export interface InspectDeps {
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** One that never says `refresh-early`: to look is not to renew. */
  readonly look: Look;
}

/** @throws GatewayError for the headers that the cache itself would refuse. */
export type Inspect = (keyed: Omit<Keyed, 'namespace'>, policy: CachePolicy) => Promise<Inspection>;

export function createInspect({ clock, sha256, look }: InspectDeps): Inspect {
  return async function inspect(asked, policy) {
    const directives = readDirectives(asked.incoming.headers);
    const { namespace } = directives;
    const verdict = mayCache(asked.call, policy.mode);
    if (!verdict.cache) return { cacheable: false, reason: verdict.reason };
    const key = await keyOf({ ...asked, namespace }, sha256);
    if (key === null) return { cacheable: false, reason: 'too_deep' };
    const found = await look.everywhere({ principal: { tenant: asked.tenant }, key, directives, policy });
    if (found === null) return { cacheable: true, key, kept: null };
    const { entry, tier, state } = found;
    return { cacheable: true, key, kept: { tier, state, age_seconds: ageSeconds(entry, clock.now()) } };
  };
}
