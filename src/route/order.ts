import type { PlannedTarget, Route, RouteTarget, StrategyName } from '../domain/plan.ts';
import { createCost, type PriceNow } from './strategies/cost.ts';
import { createLatency } from './strategies/latency.ts';
import { createLeastBusy } from './strategies/least-busy.ts';
import { priority } from './strategies/priority.ts';
import { sticky } from './strategies/sticky.ts';
import type { Ordering, Strategy } from './strategies/strategy.ts';
import { createWeighted } from './strategies/weighted.ts';
import type { TargetStats } from './target-stats.ts';

export interface OrderDeps {
  readonly stats: TargetStats;
  readonly price: PriceNow;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

/** Targets in the order in which they are to be tried: by tier, then as the route's strategy says. */
export type Order = (route: Route, targets: readonly RouteTarget[], ordering: Ordering) => PlannedTarget[];

export function createOrder({ stats, price, random }: OrderDeps): Order {
  const strategies: Readonly<Record<StrategyName, Strategy>> = {
    priority,
    weighted: createWeighted(random),
    cost: createCost(price),
    latency: createLatency(stats, random),
    'least-busy': createLeastBusy(stats, random),
    sticky,
  };

  return function order({ strategy }, targets, ordering) {
    if (targets.length === 1) return targets.map(alone);
    const tiers = [...new Set(targets.map(({ tier }) => tier))].sort((one, other) => one - other);
    return tiers.flatMap((tier) => {
      const peers = tiers.length === 1 ? targets : targets.filter((target) => target.tier === tier);
      return peers.length === 1 ? peers.map(alone) : strategies[strategy](peers, ordering);
    });
  };
}

function alone(target: RouteTarget): PlannedTarget {
  return { ...target, score: 0, reason: 'the only one of its tier' };
}
