import type { Plan, PlannedTarget, Route, RouteTarget } from '../domain/plan.ts';
import type { Target } from '../domain/provider.ts';

/** The plan for a model that no route names: one target, and nothing to fall back to. */
export function planOne(name: string, target: Target): Plan {
  const route = routeOfOne(name, target);
  const planned = route.targets.map(
    (only): PlannedTarget => ({ ...only, score: 0, reason: 'the only target' }),
  );
  return { route, targets: planned, leftOut: [] };
}

/** Calls for one request where there is nobody else to ask: the first, and two more. */
const ATTEMPTS = 3;

/** The route of a model that no route names. */
export function routeOfOne(name: string, target: Target): Route {
  return {
    name,
    configured: false,
    strategy: 'priority',
    targets: [routeTarget(target)],
    midStream: 'error',
    hedge: false,
    fallOn: [],
    maxAttempts: ATTEMPTS,
    dropUnsupported: null,
    cache: null,
  };
}

function routeTarget({ provider, model }: Target): RouteTarget {
  return {
    provider,
    model,
    id: `${provider.id}/${model}`,
    weight: 1,
    tier: 0,
    tags: {},
    overrides: {},
    capabilities: null,
    contextTokens: null,
    maxConcurrency: null,
  };
}
