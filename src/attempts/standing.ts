import type { RouteTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../resilience/backoff.ts';
import type { HealthBook } from './health-book.ts';
import type { TargetHealth } from './target-health.ts';

/** Why a target should not be called now; also the reason in `llm_edge_fallbacks_total`. */
export type Hindrance = 'drained' | 'key_dead' | 'limited' | 'open' | 'recovering' | 'full';

/** Whether a target should be called now, and with which of its keys. */
export type Standing = { readonly is: 'ready'; readonly key: string | null } | Hindered;

export interface Hindered {
  readonly is: Hindrance;
  /** The one that may be used soonest. */
  readonly key: string | null;
  /** Milliseconds until it is over, as far as known. */
  readonly forMs: number;
}

export interface StandingDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly book: HealthBook;
}

/** Nothing is known of when a place is free or a target drained is restored: clients may ask again so much later. */
const UNKNOWN_MS = 1_000;

/** Changes nothing. */
export type Assess = (target: RouteTarget) => Standing;

export function createAssess({ clock, random, book }: StandingDeps): Assess {
  return function assess(target) {
    const health = book.target(target);
    if (book.isDrained(target)) return { is: 'drained', key: null, forMs: UNKNOWN_MS };
    const { usable, soonest } = chooseKey(target);
    if (soonest !== null && usable === undefined) return soonest;
    const key = usable ?? null;
    return hindranceOf(health, key) ?? { is: 'ready', key };
  };

  function hindranceOf({ breaker, limiter }: TargetHealth, key: string | null): Hindered | null {
    if (!breaker.passes) return { is: 'open', key, forMs: breaker.probeAt - clock.monotonic() };
    if (!limiter.hasPlace) return { is: 'full', key, forMs: UNKNOWN_MS };
    // A probe goes whenever it may; of the others only a share, once the breaker has closed.
    if (breaker.state === 'closed' && breaker.share < 1 && random() >= breaker.share)
      return { is: 'recovering', key, forMs: UNKNOWN_MS };
    return null;
  }

  /** The first key in turn that nothing is known against, or else what is known against the one that is free soonest. */
  function chooseKey(target: RouteTarget) {
    const provider = book.provider(target.provider.id);
    let soonest: Hindered | null = null;
    for (const key of provider.inTurn(book.keysOf(target.provider))) {
      const dead = book.deadUntil(provider.id, key);
      const limited = book.limitedUntil(target, key);
      if (dead === null && limited === null) return { usable: key, soonest: null };
      const forMs = Math.max(dead ?? 0, limited ?? 0) - clock.now();
      const standing = { is: dead === null ? 'limited' : 'key_dead', key, forMs } as const;
      if (soonest === null || isBetter(standing, soonest)) soonest = standing;
    }
    return { usable: undefined, soonest };
  }
}

/** A limit ends by itself, a dead key hardly ever does. */
function isBetter(one: Hindered, other: Hindered): boolean {
  return one.is === other.is ? one.forMs < other.forMs : one.is === 'limited';
}
