import { type Freshness, freshness, type StaleSettings } from '../cache/freshness.ts';
import type { Purge } from '../cache/purge.ts';
import type { Found as Kept, Tier, Tiers } from '../cache/tiers.ts';
import type { Entry } from '../domain/cache-entry.ts';
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
  /**
   * At once, where the process has it.
   * @param onFault told when a store could not say
   */
  everywhere(wanted: Wanted, onFault?: () => void): Found | null | Promise<Found | null>;
  /** In the process alone. */
  near(wanted: Wanted): Found | null | Promise<Found | null>;
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
    everywhere(wanted, onFault) {
      const kept = tiers.lookNear(wanted.principal.tenant, wanted.key);
      return kept === null ? far(wanted, onFault) : weigh(wanted, kept);
    },
    near(wanted) {
      const kept = tiers.lookNear(wanted.principal.tenant, wanted.key);
      return kept === null ? null : weigh(wanted, kept);
    },
  };

  async function far(wanted: Wanted, onFault: (() => void) | undefined): Promise<Found | null> {
    const kept = await tiers.lookFar(wanted.principal.tenant, wanted.key, wanted.policy, onFault);
    return kept === null ? null : weigh(wanted, kept);
  }

  function weigh(wanted: Wanted, kept: Kept): Found | null | Promise<Found | null> {
    const { principal, key, directives } = wanted;
    const place = { key, namespace: directives.namespace };
    const isPurged = purge.isPurged(principal.tenant, place, kept.entry);
    if (typeof isPurged !== 'boolean') return isPurged.then((gone) => (gone ? null : judged(wanted, kept)));
    return isPurged ? null : judged(wanted, kept);
  }

  function judged({ directives, policy }: Wanted, kept: Kept): Found | null {
    const now = clock.now();
    const state = freshness({ entry: kept.entry, now, directives, settings: policy, random });
    return state === 'dead' ? null : { ...kept, state };
  }
}
