import type { Attempts } from '../attempts/attempts.ts';
import type { Percentiles, TargetSnapshot } from '../attempts/snapshot.ts';
import type { Config } from '../config/config.ts';
import type { RouteTarget } from '../domain/plan.ts';

/** A provider as an operator sees it. Field names are those of the wire; there is no secret in it. */
export interface ProviderReport {
  readonly id: string;
  readonly base_url: string;
  readonly endpoints: readonly string[];
  /** How many keys the gateway has for it. */
  readonly api_keys: number;
  readonly drained: boolean;
  /** Those of routes, and those that calls went to lately. Durations are milliseconds, times since the epoch. */
  readonly targets: readonly TargetReport[];
}

interface TargetReport {
  readonly id: string;
  readonly model: string;
  readonly routes: readonly string[];
  readonly drained: boolean;
  readonly breaker: string;
  /** Share of the calls that it gets while it recovers; 1: all. */
  readonly share: number;
  readonly failure_rate: number | null;
  readonly first_token_ms: Percentiles | null;
  readonly whole_answer_ms: Percentiles | null;
  readonly calls_under_way: number;
  readonly calls_waiting: number;
  readonly max_concurrency: number | null;
  /** In the order of the configuration. Null: nothing is known against the key. */
  readonly keys: readonly { readonly dead_until: number | null; readonly limited_until: number | null }[];
}

/** Targets of routes. One with a * stands for several, which are known once a call has gone to them. */
export function configuredTargets({ routes }: Pick<Config, 'routes'>): RouteTarget[] {
  return routes.routes.flatMap(({ targets }) => targets.filter(({ model }) => !model.includes('*')));
}

export function reportProviders(
  config: Pick<Config, 'providers' | 'routes'>,
  attempts: Pick<Attempts, 'snapshot' | 'isDrained'>,
): ProviderReport[] {
  const { providers } = config;
  const { routes } = config.routes;
  const snapshots = attempts.snapshot(configuredTargets(config));
  const routesOf = (id: string) =>
    routes.filter(({ targets }) => targets.some((target) => target.id === id)).map(({ name }) => name);
  return providers.map((provider) => ({
    id: provider.id,
    base_url: provider.baseUrl,
    endpoints: Object.keys(provider.paths),
    api_keys: provider.apiKeys.length,
    drained: attempts.isDrained({ id: provider.id, provider }),
    targets: snapshots
      .filter((snapshot) => snapshot.provider === provider.id)
      .map((snapshot) => reportTarget(snapshot, routesOf(snapshot.target))),
  }));
}

function reportTarget(snapshot: TargetSnapshot, routes: readonly string[]): TargetReport {
  return {
    id: snapshot.target,
    model: snapshot.model,
    routes,
    drained: snapshot.drained,
    breaker: snapshot.breaker,
    share: snapshot.share,
    failure_rate: snapshot.failureRate,
    first_token_ms: snapshot.firstTokenMs,
    whole_answer_ms: snapshot.wholeAnswerMs,
    calls_under_way: snapshot.inFlight,
    calls_waiting: snapshot.queued,
    max_concurrency: snapshot.maxConcurrency,
    keys: snapshot.keys.map(({ deadUntil, limitedUntil }) => ({
      dead_until: deadUntil,
      limited_until: limitedUntil,
    })),
  };
}
