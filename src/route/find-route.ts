import type { ConfiguredRoute, RouteTable } from '../config/config.ts';
import type { Endpoint } from '../domain/dialect.ts';
import type { RouteTarget } from '../domain/plan.ts';
import type { Target } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Resolve } from './resolve.ts';

export interface Found {
  readonly route: ConfiguredRoute;
  /** A key that may use one of these names may use the route with all of its targets. */
  readonly names: readonly string[];
}

/** @throws GatewayError as `resolve` does, for a model that neither a route nor a provider knows. */
export type FindRoute = (model: string, endpoint: Endpoint) => Found;

/**
 * The route of a model: one with that very name, one whose name with a `*` fits best, else a route made for the occasion, with
 * the one target that `resolve` finds; when it finds none, the default route.
 */
export function createFindRoute({ routes, aliases, fallback }: RouteTable, resolve: Resolve): FindRoute {
  const exact = new Map(routes.filter(({ name }) => !name.endsWith('*')).map((route) => [route.name, route]));
  const known = new Map(Object.entries(aliases));
  // The longest goes first: it says most about the name.
  const wildcards = routes
    .filter(({ name }) => name.endsWith('*'))
    .toSorted((one, other) => other.name.length - one.name.length);

  return function findRoute(asked, endpoint) {
    const model = known.get(asked) ?? asked;
    const route = exact.get(model);
    if (route !== undefined) return { route, names: [asked, model] };
    const wildcard = wildcards.find(({ name }) => model.startsWith(name.slice(0, -1)));
    if (wildcard !== undefined)
      return { route: filled(wildcard, model), names: [asked, model, wildcard.name] };
    try {
      const target = resolve(model, endpoint);
      return { route: routeOf(model, target), names: [asked, model] };
    } catch (fault) {
      const other = fallback === null || !isUnknown(fault) ? undefined : exactOrWild(fallback, model);
      if (other === undefined) throw fault;
      return other;
    }
  };

  /** The client chose the name it asked for, so only the route's own name counts for what its key may use. */
  function exactOrWild(name: string, model: string): Found | undefined {
    const route = exact.get(name) ?? wildcards.find((one) => one.name === name);
    return route === undefined ? undefined : { route: filled(route, model), names: [route.name] };
  }
}

function isUnknown(fault: unknown): boolean {
  return fault instanceof GatewayError && fault.code === 'model_not_found';
}

/** The route for one of the names that it stands for. */
function filled(route: ConfiguredRoute, model: string): ConfiguredRoute {
  if (!route.name.endsWith('*')) return route;
  const prefix = route.name.slice(0, -1);
  const rest = model.startsWith(prefix) ? model.slice(prefix.length) : model;
  return { ...route, name: model, targets: route.targets.map((target) => withRest(target, rest)) };
}

function withRest(target: RouteTarget, rest: string): RouteTarget {
  if (!target.model.includes('*')) return target;
  const model = target.model.replaceAll('*', () => rest);
  return { ...target, model, id: `${target.provider.id}/${model}` };
}

/** Where there is nobody else to try, the client has the provider's own answer. Its SDK tries again if that is of use. */
const ATTEMPTS = 1;

/** For a model that no route names. */
function routeOf(name: string, { provider, model }: Target): ConfiguredRoute {
  const target: RouteTarget = {
    id: `${provider.id}/${model}`,
    provider,
    model,
    weight: 1,
    tier: 0,
    tags: {},
    overrides: {},
    capabilities: null,
    contextTokens: null,
    maxConcurrency: null,
  };
  return {
    name,
    configured: false,
    strategy: 'priority',
    targets: [target],
    requires: [],
    midStream: 'error',
    hedge: false,
    fallOn: [],
    maxAttempts: ATTEMPTS,
    dropUnsupported: null,
    cache: null,
  };
}
