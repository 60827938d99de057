import type { CacheMode, SemanticMode } from '../domain/cache-policy.ts';
import type { Grant } from '../domain/grant.ts';
import type { LimitPolicy } from '../domain/limits.ts';
import type { Capability, Route } from '../domain/plan.ts';
import type { Provider } from '../domain/provider.ts';
import type { RedactionKind } from '../domain/redaction.ts';
import type { LogLevel } from '../ports/logger.ts';

/** All that was configured: plain data, checked. Times are milliseconds and sizes bytes unless the name says otherwise. */
export interface Config {
  readonly server: ServerConfig;
  readonly timeouts: TimeoutConfig;
  readonly auth: AuthConfig;
  /** Those that may be called, in the order in which they are preferred; the sandbox is the last. */
  readonly providers: readonly Provider[];
  readonly limits: LimitsConfig;
  /** The operator's own prices, by `provider/model`. */
  readonly prices: Readonly<Record<string, PriceOverride>>;
  readonly priceRefresh: PriceRefreshConfig;
  readonly translation: { readonly dropUnsupported: boolean };
  readonly media: MediaConfig;
  /** Null: off. */
  readonly redaction: RedactionConfig | null;
  readonly admin: AdminConfig;
  readonly cache: CacheConfig;
  readonly redis: RedisConfig;
  readonly telemetry: TelemetryConfig;
  readonly routes: RouteTable;
}

export interface RouteTable {
  /** In the order of the file. */
  readonly routes: readonly ConfiguredRoute[];
  /** What other names stand for, followed to the end: the name of a route, or a model. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The route for models that nobody knows; null: they are refused. */
  readonly fallback: string | null;
}

/** A name that ends in `*` stands for all that begin so; a `*` in a target's model is the rest of the name then. */
export interface ConfiguredRoute extends Route {
  /** What a target has to be able to do, whatever the call asks for. */
  readonly requires: readonly Capability[];
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  /** Null: as many as the container has cores. */
  readonly workers: number | null;
  readonly logLevel: LogLevel;
  readonly maxRequestSize: number;
  readonly maxResponseSize: number;
  /** Origins as a browser sends them, or `*`. */
  readonly corsOrigins: readonly string[];
  readonly drainTimeoutMs: number;
  /** Null: targets are not probed. */
  readonly probeSeconds: number | null;
  readonly enableMetrics: boolean;
}

export interface TimeoutConfig {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

export type AuthMode = 'keys' | 'passthrough' | 'open';

export interface AuthConfig {
  readonly mode: AuthMode;
  readonly keys: readonly StaticKey[];
  /** How long managed keys count while their store does not answer. */
  readonly keysGraceMs: number;
}

/** A gateway key from the configuration. Either `hash` or `plain` is set. */
export interface StaticKey extends Grant {
  readonly name: string;
  /** What limits and budgets are counted by. */
  readonly id: string;
  readonly tenant: string;
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string | null;
  /** The key itself, still to be hashed: at the edge that is asynchronous. Never logged. */
  readonly plain: string | null;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

export interface LimitsConfig extends LimitPolicy {
  readonly onStoreFailure: 'open' | 'closed';
  readonly overrun: 'extend' | 'end';
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
}

/** US dollars per million tokens; null: it costs what it is a part of. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly cacheWrite1h: number | null;
  readonly reasoning: number | null;
  readonly audioInput: number | null;
  readonly imageInput: number | null;
  readonly audioOutput: number | null;
  readonly imageOutput: number | null;
}

export interface PriceOverride extends TokenPrices {
  /** US dollars each; null: nothing. */
  readonly request: number | null;
  readonly webSearch: number | null;
  readonly image: number | null;
  /** By the tier that the provider says it served a call in: what all prices are multiplied by. */
  readonly serviceTiers: Readonly<Record<string, number>>;
  readonly tiers: readonly PriceTier[];
}

/** Prices of all tokens of a request with more input than `above`; null: as in the tier below. */
export type PriceTier = { readonly [P in keyof TokenPrices]: number | null } & { readonly above: number };

export interface PriceRefreshConfig {
  /** Null: the prices of the release. */
  readonly url: string | null;
  readonly everyMs: number;
}

export interface AdminConfig {
  readonly apiKey: string | null;
  /** The first seals credentials, all of them open what they sealed; none: nothing is stored. */
  readonly encryptionKeys: readonly EncryptionKey[];
}

export interface EncryptionKey {
  /** What the operator calls it. */
  readonly label: string | null;
  /** At least 32 characters; never logged. */
  readonly secret: string;
}

export interface MediaConfig {
  readonly fetchUrls: boolean;
  /** For one call, all files together. */
  readonly maxBytes: number;
  /** For one file. */
  readonly timeoutMs: number;
}

export interface RedactionConfig {
  readonly mode: 'detect' | 'mask' | 'block' | 'tokenize';
  readonly kinds: readonly RedactionKind[];
  /** The operator's own, by name, in RE2's syntax. */
  readonly patterns: Readonly<Record<string, string>>;
}

export interface CacheConfig {
  readonly mode: CacheMode;
  readonly l1MaxEntries: number;
  readonly l1MaxBytes: number;
  readonly l1TtlSeconds: number;
  /** Null: on when a Redis is configured. */
  readonly enableL2: boolean | null;
  readonly l2TtlSeconds: number;
  readonly staleWhileRevalidateSeconds: number;
  readonly staleIfErrorSeconds: number;
  readonly replayPaceMs: number;
  /** Null: there is no embedding model, so nothing is ever compared. */
  readonly semantic: SemanticConfig | null;
  /** Questions that a process remembers, once they are compared. */
  readonly semanticMaxEntries: number;
}

export interface SemanticConfig {
  /** Of calls whose route does not say. */
  readonly mode: SemanticMode;
  /** Embedding model, by the name that a client would give. */
  readonly model: string;
  /** Least cosine similarity, from 0.8 to 1. */
  readonly threshold: number;
  readonly timeoutMs: number;
}

export interface RestService {
  readonly url: string;
  readonly token: string;
}

export interface RedisConfig {
  readonly url: string | null;
  /** A Redis for limits and budgets alone. */
  readonly ledgerUrl: string | null;
  readonly clusterNodes: readonly string[];
  readonly password: string | null;
  readonly upstash: RestService | null;
  readonly upstashVector: RestService | null;
}

export interface TelemetryConfig {
  readonly enableTracing: boolean;
  readonly otlpEndpoint: string | null;
  /** Share of the traces that begin here which are kept however they end, from 0 to 1. */
  readonly sampleRatio: number;
  /** Requests that take at least as long are kept, in milliseconds. */
  readonly slowMs: number;
  readonly legacyNames: boolean;
  /** What was said goes into the spans. */
  readonly content: boolean;
}
