import type { Plan, PlannedTarget, Route, RouteTarget } from '../domain/plan.ts';
import type { Target } from '../domain/provider.ts';

/** The plan for a model that no route names: one target, and nothing to fall back to. */
export function planOne(name: string, target: Target): Plan {
  const only = routeTarget(target);
  const planned: PlannedTarget = { ...only, score: 0, reason: 'The only target of this model.' };
  return { route: implicitRoute(name, only), targets: [planned], leftOut: [] };
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

function implicitRoute(name: string, target: RouteTarget): Route {
  return {
    name,
    configured: false,
    strategy: 'priority',
    targets: [target],
    midStream: 'error',
    hedge: false,
    fallOn: [],
    maxAttempts: 1,
    dropUnsupported: null,
    cache: null,
  };
}
