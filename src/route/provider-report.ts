import type { ConfiguredRoute } from '../config/config.ts';
import type { Provider } from '../domain/provider.ts';
import type { TargetControl, TargetState } from './target-stats.ts';

/** A provider as an operator sees it. Field names are those of the wire; there is no secret in it. */
export interface ProviderReport {
  readonly id: string;
  readonly base_url: string;
  readonly endpoints: readonly string[];
  /** How many keys the gateway has for it. */
  readonly api_keys: number;
  readonly drained: boolean;
  /** Those of routes, and those that calls went to. */
  readonly targets: readonly TargetReport[];
}

interface TargetReport {
  readonly id: string;
  readonly model: string;
  readonly routes: readonly string[];
  readonly drained: boolean;
  readonly breaker: TargetState['breaker'];
  readonly latency_ms: number | null;
  readonly calls_under_way: number;
}

export function reportProviders(
  providers: readonly Provider[],
  routes: readonly ConfiguredRoute[],
  control: TargetControl,
): ProviderReport[] {
  const routesOf = routesByTarget(routes);
  const ids = [...new Set([...routesOf.keys(), ...control.snapshot().keys()])];
  return providers.map(({ id, baseUrl, paths, apiKeys }) => ({
    id,
    base_url: baseUrl,
    endpoints: Object.keys(paths),
    api_keys: apiKeys.length,
    drained: control.of(id).drained,
    targets: ids
      .filter((target) => target.startsWith(`${id}/`))
      .map((target) => reportTarget(target, routesOf.get(target) ?? [], control.of(target))),
  }));
}

function reportTarget(id: string, routes: readonly string[], state: TargetState): TargetReport {
  return {
    id,
    model: id.slice(id.indexOf('/') + 1),
    routes,
    drained: state.drained,
    breaker: state.breaker,
    latency_ms: state.latencyMs === null ? null : Math.round(state.latencyMs),
    calls_under_way: state.inFlight,
  };
}

/** A target with a `*` stands for several, which are there once a call has gone to them. */
function routesByTarget(routes: readonly ConfiguredRoute[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, targets } of routes) {
    for (const { id } of targets.filter(({ model }) => !model.includes('*'))) {
      found.set(id, [...(found.get(id) ?? []), name]);
    }
  }
  return found;
}
