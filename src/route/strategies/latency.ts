import type { PlannedTarget, RouteTarget } from '../../domain/plan.ts';
import type { TargetState, TargetStats } from '../target-stats.ts';
import { byScore, type Strategy } from './strategy.ts';

/** Of the calls: enough to notice that a slow target has become fast, too few for anybody to feel. */
const EXPLORED = 0.01;

/**
 * The better of two that chance picks, by time to the first token and calls under way; the rest as they are. To send all calls
 * to the very best would make it the worst ("The power of two choices", Mitzenmacher 2001). One call in a hundred goes anywhere.
 */
export function createLatency(stats: TargetStats, random: () => number): Strategy {
  return function latency(targets) {
    const states = new Map(targets.map(({ id }) => [id, stats.of(id)]));
    const best = least(states.values());
    const ordered = byScore(targets, ({ id }) => judge(states.get(id), best));
    const usable = ordered.filter(({ id }) => states.get(id)?.breaker !== 'open');
    const first = random() < EXPLORED ? pick(usable, random) : betterOfTwo(usable, random);
    return first === undefined ? ordered : [first, ...ordered.filter(({ id }) => id !== first.id)];
  };
}

/** A target that was not measured yet counts as the best: it is found out by being used. */
function judge(state: TargetState | undefined, best: number): Pick<PlannedTarget, 'score' | 'reason'> {
  const { latencyMs = null, inFlight = 0, breaker = 'closed' } = state ?? {};
  const known =
    latencyMs === null ? 'first token not measured yet' : `first token after ${Math.round(latencyMs)} ms`;
  const reason = `${known}, ${inFlight} calls under way`;
  const score = breaker === 'open' ? Number.POSITIVE_INFINITY : (latencyMs ?? best) * (inFlight + 1);
  return { score, reason };
}

function least(states: Iterable<TargetState>): number {
  const known = Array.from(states, ({ latencyMs }) => latencyMs).filter((ms) => ms !== null);
  return known.length === 0 ? 1 : Math.min(...known);
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
