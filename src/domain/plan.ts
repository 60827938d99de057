import type { CacheMode, KeptEnding, SemanticMode } from './cache-policy.ts';
import type { JsonObject } from './call.ts';
import type { Target } from './provider.ts';

/** How a route orders its targets. Each is a file in `src/route/strategies/`. */
export type StrategyName = 'priority' | 'weighted' | 'cost' | 'latency' | 'least-busy' | 'sticky';

/**
 * What happens to a stream that breaks after content has gone out. `off`: it breaks for the client as it broke for the
 * gateway. `error`: it ends with the dialect's own error event. `continue`: another target goes on with it.
 */
export type MidStreamMode = 'off' | 'error' | 'continue';

/** What a call may need of a target, and a target be known to lack. */
export type Capability = 'tools' | 'json_schema' | 'vision' | 'documents' | 'audio' | 'reasoning';

/** One target of a route, as it is configured. */
export interface RouteTarget extends Target {
  /** Names the target in health, metrics and explanations: `provider/model`. */
  readonly id: string;
  /** Share of the calls, for `weighted`; above 0. */
  readonly weight: number;
  /** Targets of a lower tier are tried before those of a higher one, whatever the strategy says. */
  readonly tier: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Fields that are put into the body, in place of what the client sent. */
  readonly overrides: JsonObject;
  /** Null: as the price data and the dialect tell. */
  readonly capabilities: readonly Capability[] | null;
  /** Tokens of input and output together; null: not known. */
  readonly contextTokens: number | null;
  /** Calls under way at the same time; null: no limit. */
  readonly maxConcurrency: number | null;
}

/** How answers of a route are cached; null: as the gateway's settings say. */
export interface RouteCache {
  readonly mode: CacheMode | null;
  readonly ttlSeconds: number | null;
  readonly staleWhileRevalidateSeconds: number | null;
  readonly staleIfErrorSeconds: number | null;
  /** Endings that are kept beside complete ones. */
  readonly keep: readonly KeptEnding[];
  readonly semantic: SemanticMode | null;
}

/** What a model name that clients use stands for. Every model that no route names has a route of its own, with one target. */
export interface Route {
  /** As the client writes it; for a model that no route names, the model itself. */
  readonly name: string;
  /** False: it stands for one model, which no route names. */
  readonly configured: boolean;
  readonly strategy: StrategyName;
  readonly targets: readonly RouteTarget[];
  readonly midStream: MidStreamMode;
  /** A second target is started when the first token is late. */
  readonly hedge: boolean;
  /** Failures of the caller's own making that another target may still answer. */
  readonly fallOn: readonly ('context_too_long' | 'content_filter')[];
  /** Calls of providers for one request, the first included; at least 1. */
  readonly maxAttempts: number;
  /** Null: as `DROP_UNSUPPORTED` says. */
  readonly dropUnsupported: boolean | null;
  readonly cache: RouteCache | null;
}

/** A target that was left out, and the reason in a sentence for people. */
export interface LeftOut {
  readonly target: RouteTarget;
  readonly reason: string;
}

/** What is to be tried for one call, in order. */
export interface Plan {
  readonly route: Route;
  readonly targets: readonly [PlannedTarget, ...PlannedTarget[]];
  readonly leftOut: readonly LeftOut[];
}

export interface PlannedTarget extends RouteTarget {
  /** What the strategy ordered by; lower comes first. */
  readonly score: number;
  /** Why it stands where it does, for people. */
  readonly reason: string;
}
