import type { Entry } from '../cache/entry.ts';
import { type Freshness, freshness, type StaleSettings } from '../cache/freshness.ts';
import type { Purge } from '../cache/purge.ts';
import type { Found as Kept, Tier, Tiers } from '../cache/tiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { Asked } from './asked.ts';

export interface Found {
  readonly tier: Tier;
  readonly entry: Entry;
  readonly state: Exclude<Freshness, 'dead'>;
}

/** Looks for an answer that is good for anything. Never rejects. */
export interface Look {
  /** @param onFault told when a store could not say. */
  everywhere(asked: Asked, onFault?: () => void): Promise<Found | null>;
  /** In the process alone. */
  near(asked: Asked): Promise<Found | null>;
}

export interface LookDeps {
  readonly clock: Clock;
  readonly tiers: Tiers;
  readonly purge: Purge;
  readonly settings: StaleSettings;
}

export function createLook({ clock, tiers, purge, settings }: LookDeps): Look {
  return {
    everywhere: async (asked, onFault) =>
      weigh(asked, await tiers.lookup(asked.principal.tenant, asked.key, onFault)),
    near: async (asked) => weigh(asked, await tiers.lookNear(asked.principal.tenant, asked.key)),
  };

  async function weigh({ principal, directives }: Asked, kept: Kept | null): Promise<Found | null> {
    if (kept === null) return null;
    if (await purge.isPurged(principal.tenant, directives.namespace, kept.entry)) return null;
    const now = clock.now();
    const state = freshness({ entry: kept.entry, now, directives, settings, random: Math.random });
    return state === 'dead' ? null : { ...kept, state };
  }
}
