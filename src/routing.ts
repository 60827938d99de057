import { createContextOf } from './account/context.ts';
import type { Pricer } from './account/price.ts';
import { mayUse } from './auth/allow.ts';
import type { Config } from './config/config.ts';
import type { Clock } from './ports/clock.ts';
import { createRefusalOf } from './refusals.ts';
import { createFindRoute } from './route/find-route.ts';
import { createJudge } from './route/misfit.ts';
import { createOrder } from './route/order.ts';
import { createPlanner, type Planner } from './route/planner.ts';
import type { Resolve } from './route/resolve.ts';
import type { TargetStats } from './route/target-stats.ts';

export interface RoutingDeps {
  readonly clock: Clock;
  readonly price: Pricer;
  readonly resolve: Resolve;
  readonly stats: TargetStats;
  readonly random: () => number;
}

/** The planner with all that its judgements need of the other stages. */
export function createRouting(
  { clock, price, resolve, stats, random }: RoutingDeps,
  { routes, translation }: Pick<Config, 'routes' | 'translation'>,
): Planner {
  const refusalOf = createRefusalOf();
  return createPlanner({
    findRoute: createFindRoute(routes, resolve),
    judge: createJudge({
      contextOf: createContextOf(),
      refusalOf: (call, target, drop) => refusalOf(call, target, drop ?? translation.dropUnsupported),
    }),
    order: createOrder({
      stats,
      random,
      price: (provider, model, usage) => price(provider, model, usage, clock.now()),
    }),
    stats,
    mayUse,
  });
}
