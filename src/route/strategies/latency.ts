import type { PlannedTarget, RouteTarget } from '../../domain/plan.ts';
import type { TargetLoad, TargetStats } from '../target-stats.ts';
import { byScore, type Strategy } from './strategy.ts';

/** Of the calls: enough to notice that a slow target has become fast, too few for anybody to feel. */
const EXPLORED = 0.01;

/** Targets that come back take a part of the calls, and it is not for the order to lessen that. */
const USABLE = new Set(['ready', 'recovering']);

interface Known extends TargetLoad {
  /** Null: it is usable. */
  readonly hindrance: string | null;
}

/**
 * The better of two that chance picks, by time to the first token and calls under way; the rest as they are. To send all calls
 * to the very best would make it the worst ("The power of two choices", Mitzenmacher 2001). One call in a hundred goes anywhere.
 */
export function createLatency(stats: Pick<TargetStats, 'load' | 'standing'>, random: () => number): Strategy {
  return function latency(targets) {
    const known = new Map(targets.map((target) => [target.id, knownOf(target)]));
    const best = least(known.values());
    const ordered = byScore(targets, ({ id }) => judge(known.get(id), best));
    const usable = ordered.filter(({ score }) => Number.isFinite(score));
    const first = random() < EXPLORED ? pick(usable, random) : betterOfTwo(usable, random);
    return first === undefined ? ordered : [first, ...ordered.filter(({ id }) => id !== first.id)];
  };

  function knownOf(target: RouteTarget): Known {
    const standing = stats.standing(target);
    return { ...stats.load(target.id), hindrance: USABLE.has(standing) ? null : standing };
  }
}

/** A target that was not measured yet counts as the best: it is found out by being used. */
function judge(known: Known | undefined, best: number): Pick<PlannedTarget, 'score' | 'reason'> {
  const { latencyMs = null, inFlight = 0, hindrance = null } = known ?? {};
  if (hindrance !== null)
    return { score: Number.POSITIVE_INFINITY, reason: `left alone for now: ${hindrance}` };
  const time =
    latencyMs === null ? 'first token not measured yet' : `first token after ${Math.round(latencyMs)} ms`;
  return { score: (latencyMs ?? best) * (inFlight + 1), reason: `${time}, ${inFlight} calls under way` };
}

function least(all: Iterable<Known>): number {
  const times = Array.from(all, ({ latencyMs }) => latencyMs).filter((ms) => ms !== null);
  return times.length === 0 ? 1 : Math.min(...times);
}

/** They are in order, so the better of two is the one before. */
function betterOfTwo<T extends RouteTarget>(ordered: readonly T[], random: () => number): T | undefined {
  const one = Math.floor(random() * ordered.length);
  const other = Math.floor(random() * (ordered.length - 1));
  return ordered[Math.min(one, other >= one ? other + 1 : other)];
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
