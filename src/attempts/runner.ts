import type { PlannedTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { RecentMap } from '../recent-map.ts';
import { ExtraBudget } from '../resilience/extra-budget.ts';
import type { AttemptCall } from './call.ts';
import type { Choose } from './choose.ts';
import { deadlinesOf, promptFactor } from './deadlines.ts';
import type { Entries, Entry } from './entry.ts';
import { nothingLeft } from './nothing-left.ts';
import { type Hedge, type Running, race, raceLost, type Settled } from './race.ts';
import type { Report } from './report.ts';
import {
  type AttemptSettings,
  HEDGE_FLOOR_MS,
  HEDGE_QUANTILE,
  HEDGES,
  LEAST_TIMES,
  MAX_TARGETS,
} from './settings.ts';
import type { Assess } from './standing.ts';
import { mostTelling } from './telling.ts';
import { isFinal, Walk } from './walk.ts';

export interface RunnerDeps {
  readonly clock: Clock;
  readonly assess: Assess;
  readonly entries: Entries;
  readonly choose: Choose;
  readonly report: Report;
}

/** Answers a call by its targets. @throws GatewayError */
export type Run = <T>(call: AttemptCall<T>) => Promise<T>;

export function createRunner(deps: RunnerDeps, settings: AttemptSettings): Run {
  const { clock, assess, entries, choose, report } = deps;
  /** By route. */
  const hedges = new RecentMap<string, ExtraBudget>(MAX_TARGETS);

  return async function run<T>(call: AttemptCall<T>): Promise<T> {
    const walk = new Walk(call);
    hedgesOf(call)?.note();
    for (;;) {
      const entry = await choose.next(walk);
      if (entry === null) return conclude(walk);
      const first = start(walk, entry, false);
      const ended = await race(clock, first, hedgeOf(walk, first), ({ class: cause }) => isFinal(cause));
      const answer = takeIn(walk, ended);
      if (answer !== null) return answer.value;
    }
  };

  function start<T>(walk: Walk<T>, entry: Entry, isHedge: boolean): Running<T> {
    const { call } = walk;
    const { target, key } = entry;
    if (!isHedge) tell(walk, target);
    const number = walk.begin(target, key);
    const own = call.plan.route.hedge ? new AbortController() : null;
    const signal = own === null ? call.signal : AbortSignal.any([call.signal, own.signal]);
    const deadlines = deadlinesOf(entry.health, { ...call, ...chances(walk, target) }, settings);
    const outcome = call
      .tryTarget(target, { signal, number, apiKey: key, isHedge, ...deadlines })
      .then((outcome) => {
        entries.settle(entry, call, outcome);
        return outcome;
      })
      .catch((defect) => {
        entries.abandon(entry);
        throw defect;
      });
    return { entry, isHedge, outcome, abort: () => own?.abort(raceLost()) };
  }

  /** Whether another target could answer, should this one be given up. */
  function chances(walk: Walk<unknown>, target: PlannedTarget) {
    const isLeft = walk.left.some((other) => other.id !== target.id && assess(other).is === 'ready');
    const mayFallOver = isLeft && walk.attemptsLeft > 0;
    return { mayFallOver, mayContinue: mayFallOver && walk.call.plan.route.midStream === 'continue' };
  }

  /** Takes in the failures of those that ended. @returns the answer, boxed; null: there is none yet. */
  function takeIn<T>(walk: Walk<T>, ended: readonly Settled<T>[]): { readonly value: T } | null {
    for (const { running, outcome } of ended) {
      const { target, key } = running.entry;
      if (!outcome.ok) {
        walk.failed({ target, failure: outcome.failure }, key);
        continue;
      }
      const [slow] = walk.call.plan.targets;
      if (running.isHedge && slow !== undefined) report.hedged(slow, target);
      return { value: outcome.value };
    }
    return null;
  }

  /** An answer that is late is asked for once more, elsewhere, at most once for each call. */
  function hedgeOf<T>(walk: Walk<T>, first: Running<T>): Hedge<T> | null {
    const { call } = walk;
    const { entry } = first;
    const budget = walk.failures.length === 0 ? hedgesOf(call) : null;
    if (budget === null) return null;
    const times = call.stream ? entry.health.firstToken : entry.health.wholeAnswer;
    const usual = times.at(HEDGE_QUANTILE, LEAST_TIMES);
    if (usual === null) return null;
    const afterMs = Math.max(HEDGE_FLOOR_MS, usual * (call.stream ? promptFactor(call.promptTokens) : 1));
    return {
      afterMs,
      start() {
        const isWanted = walk.mayGoOn && chances(walk, entry.target).mayFallOver && budget.take();
        const second = isWanted ? choose.readyNow(walk, entry.target) : null;
        return second === null ? null : start(walk, second, true);
      },
    };
  }

  /** Null: the route has no hedges. */
  function hedgesOf({ plan: { route } }: AttemptCall<unknown>): ExtraBudget | null {
    return route.hedge ? hedges.getOrMake(route.name, () => new ExtraBudget({ clock, ...HEDGES })) : null;
  }

  /** Counts a way that is not the planned one. */
  function tell(walk: Walk<unknown>, target: PlannedTarget): void {
    const failed = walk.failures.at(-1);
    const [planned] = walk.call.plan.targets;
    if (failed !== undefined) report.after(failed, target);
    else if (planned !== undefined && planned.id !== target.id) {
      const { is } = assess(planned);
      // Chance had a say in it, and may say otherwise now.
      report.instead(planned, target, is === 'ready' ? 'recovering' : is);
    }
  }

  function conclude<T>(walk: Walk<T>): T {
    const { signal, plan } = walk.call;
    const failed = mostTelling(walk.failures);
    if (failed !== null) return failed.failure.give();
    if (signal.aborted) throw signal.reason;
    throw nothingLeft(plan.targets, assess);
  }
}
