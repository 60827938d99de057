import type { PlannedTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs, pause, type Random } from '../resilience/backoff.ts';
import type { Leave } from '../resilience/limiter.ts';
import type { Entries, Entry } from './entry.ts';
import type { HealthBook } from './health-book.ts';
import { BACKOFF, LEAST_LEFT_MS, LIMIT_WAIT_MS, MAX_LIMIT_WAITERS, PLACE_WAIT_MS } from './settings.ts';
import type { Assess, Hindered, Hindrance } from './standing.ts';
import type { Walk } from './walk.ts';

export interface ChooseDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly book: HealthBook;
  readonly entries: Entries;
  readonly assess: Assess;
}

type Stuck = readonly [target: PlannedTarget, standing: Hindered];

export interface Choose {
  /** A place at the target to call next, waited for if need be; null: there is none. @throws the signal's reason. */
  next(walk: Walk<unknown>): Promise<Entry | null>;
  /** One that can be had at once, at another target than `except`. */
  readyNow(walk: Walk<unknown>, except: PlannedTarget): Entry | null;
}

/** Where nothing stands ready, the least bad is taken, in this order. */
const LEAST_BAD: readonly Hindrance[] = ['recovering', 'full', 'limited', 'open', 'key_dead'];

export function createChoose({ clock, random, book, entries, assess }: ChooseDeps): Choose {
  return {
    async next(walk) {
      while (walk.mayGoOn) {
        const entry = (await onceMore(walk)) ?? readyNow(walk, null) ?? (await leastBad(walk));
        if (entry !== 'look again') return entry;
      }
      return null;
    },
    readyNow,
  };

  /** The same target again, if its provider is not called too often by now. */
  async function onceMore(walk: Walk<unknown>): Promise<Entry | null> {
    const { again } = walk;
    if (again === null) return null;
    walk.again = null;
    const { target, key } = again;
    const { breaker, limiter } = book.target(target);
    const waitMs = backoffMs(0, random, BACKOFF);
    if (
      breaker.state === 'closed' &&
      walk.call.leftMs() > waitMs + LEAST_LEFT_MS &&
      mayCall(walk, target, key)
    ) {
      await pause(clock, waitMs, walk.call.signal);
      const leave = breaker.state === 'closed' ? limiter.tryEnter() : null;
      if (leave !== null) return take(walk, target, key, leave);
    }
    walk.drop(target);
    return null;
  }

  function readyNow(walk: Walk<unknown>, except: PlannedTarget | null): Entry | null {
    for (const target of walk.left) {
      if (target.id === except?.id) continue;
      const standing = assess(target);
      if (standing.is !== 'ready') continue;
      const entry =
        except === null ? enterOrDrop(walk, target, standing.key) : enter(walk, target, standing.key);
      if (entry !== null) return entry;
    }
    return null;
  }

  async function leastBad(walk: Walk<unknown>): Promise<Entry | 'look again' | null> {
    const stuck: Stuck[] = [];
    for (const target of walk.left) {
      const standing = assess(target);
      // Chance has a say in it, so it may not have been a moment ago.
      if (standing.is === 'ready') return enterOrDrop(walk, target, standing.key) ?? 'look again';
      stuck.push([target, standing]);
    }
    for (const hindrance of LEAST_BAD) {
      const soonest = stuck
        .filter(([, { is }]) => is === hindrance)
        .sort((a, b) => a[1].forMs - b[1].forMs)[0];
      const entry = soonest === undefined ? null : await tryAnyway(walk, ...soonest);
      if (entry !== null) return entry;
    }
    return null;
  }

  async function tryAnyway(
    walk: Walk<unknown>,
    target: PlannedTarget,
    { is, key, forMs }: Hindered,
  ): Promise<Entry | 'look again' | null> {
    // Who names a model has nothing but that: whether its provider takes the call, the provider says best.
    if (!walk.call.plan.route.configured && is !== 'drained' && is !== 'full')
      return enter(walk, target, key);
    switch (is) {
      case 'recovering':
      case 'open':
        // One failure of it is enough for a call, and not all of the calls at once.
        if (walk.hasTried(target) || !book.target(target).throttle.allows) return null;
        return enter(walk, target, key);
      case 'full':
        return waitForPlace(walk, target, key);
      case 'limited':
        return (await waitForLimit(walk, target, forMs)) ? 'look again' : null;
      case 'key_dead':
        if (key === null || !book.mayTryDead(book.provider(target.provider.id), key)) return null;
        return enter(walk, target, key);
      case 'drained':
        return null;
    }
  }

  async function waitForPlace(
    walk: Walk<unknown>,
    target: PlannedTarget,
    key: string | null,
  ): Promise<Entry | null> {
    const { limiter } = book.target(target);
    const waitMs = Math.min(PLACE_WAIT_MS, walk.call.leftMs() - LEAST_LEFT_MS);
    if (!limiter.hasRoomToWait || !mayCall(walk, target, key)) return null;
    const leave = await limiter.enter(waitMs, walk.call.signal);
    return leave === null ? null : take(walk, target, key, leave);
  }

  /** True: the limit is over, for those who waited one after the other. */
  async function waitForLimit(walk: Walk<unknown>, target: PlannedTarget, forMs: number): Promise<boolean> {
    const health = book.target(target);
    // Nobody comes early, and not all come together.
    const waitMs = forMs * (1 + random() / 2);
    const isShort = walk.waitedMs + waitMs <= LIMIT_WAIT_MS && waitMs < walk.call.leftMs() - LEAST_LEFT_MS;
    if (!isShort || health.waiters >= MAX_LIMIT_WAITERS) return false;
    walk.waitedMs += waitMs;
    health.waiters += 1;
    try {
      await pause(clock, waitMs, walk.call.signal);
      return true;
    } finally {
      health.waiters -= 1;
    }
  }

  function enterOrDrop(walk: Walk<unknown>, target: PlannedTarget, key: string | null): Entry | null {
    const entry = enter(walk, target, key);
    if (entry === null) walk.drop(target);
    return entry;
  }

  function enter(walk: Walk<unknown>, target: PlannedTarget, key: string | null): Entry | null {
    const { limiter } = book.target(target);
    if (!limiter.hasPlace || !mayCall(walk, target, key)) return null;
    const leave = limiter.tryEnter();
    return leave === null ? null : take(walk, target, key, leave);
  }

  function mayCall(walk: Walk<unknown>, { provider: { id } }: PlannedTarget, key: string | null): boolean {
    return !walk.isExtra(id, key) || book.provider(id).retries.take();
  }

  function take(walk: Walk<unknown>, target: PlannedTarget, key: string | null, leave: Leave): Entry {
    const { id } = target.provider;
    if (!walk.hasCalled(id)) book.provider(id).retries.note();
    return entries.enter(target, key, leave);
  }
}
