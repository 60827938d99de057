import type { Entry } from '../cache/entry.ts';
import { type Freshness, freshness, type StaleSettings } from '../cache/freshness.ts';
import type { Purge } from '../cache/purge.ts';
import type { Found as Kept, Tier, Tiers } from '../cache/tiers.ts';
import type { Principal } from '../domain/principal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Asked } from './asked.ts';

export interface Found {
  readonly tier: Tier;
  readonly entry: Entry;
  readonly state: Exclude<Freshness, 'dead'>;
}

/** What is looked for, and for whom. */
export interface Wanted extends Pick<Asked, 'key' | 'directives'> {
  readonly principal: Pick<Principal, 'tenant'>;
  readonly policy: StaleSettings;
}

/** Looks for an answer that is good for anything. Never rejects. */
export interface Look {
  /** @param onFault told when a store could not say. */
  everywhere(wanted: Wanted, onFault?: () => void): Promise<Found | null>;
  /** In the process alone. */
  near(wanted: Wanted): Promise<Found | null>;
}

export interface LookDeps {
  readonly clock: Clock;
  readonly tiers: Tiers;
  readonly purge: Purge;
  /** From 0 to 1, without 1: who is told to renew early. */
  readonly random: () => number;
}

export function createLook({ clock, tiers, purge, random }: LookDeps): Look {
  return {
    everywhere: async (wanted, onFault) =>
      weigh(wanted, await tiers.lookup(wanted.principal.tenant, wanted.key, wanted.policy, onFault)),
    near: async (wanted) => weigh(wanted, await tiers.lookNear(wanted.principal.tenant, wanted.key)),
  };

  async function weigh(
    { principal, key, directives, policy }: Wanted,
    kept: Kept | null,
  ): Promise<Found | null> {
    if (kept === null) return null;
    if (await purge.isPurged(principal.tenant, { key, namespace: directives.namespace }, kept.entry))
      return null;
    const now = clock.now();
    const state = freshness({ entry: kept.entry, now, directives, settings: policy, random });
    return state === 'dead' ? null : { ...kept, state };
  }
}
