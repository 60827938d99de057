import type { Instrument } from '../ports/metrics.ts';

const counter = (name: string, help: string, labels: readonly string[] = []): Instrument => ({
  name: `llm_edge_${name}`,
  help,
  kind: 'counter',
  labels,
});

const histogram = (
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
): Instrument => ({
  name: `llm_edge_${name}`,
  help,
  kind: 'histogram',
  labels,
  buckets,
});

const gauge = (name: string, help: string, labels: readonly string[] = []): Instrument => ({
  name: `llm_edge_${name}`,
  help,
  kind: 'gauge',
  labels,
});

/** A gauge that is no amount: of several processes it tells the best or the worst. */
const state = (
  across: 'min' | 'max',
  name: string,
  help: string,
  labels: readonly string[] = [],
): Instrument => ({ ...gauge(name, help, labels), across });

/** Seconds, for calls that a model answers. */
const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600];
/** Seconds, from 50 µs: the gateway's own time. */
const OWN_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];
/** Seconds between two tokens: from 1000 tokens a second down to one in a second. */
const TOKEN_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1];
/** Seconds, around the deadlines of stores: 50 ms on Node, 150 ms at the edge. */
const STORE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 1];

/** The names are a contract: alerts and dashboards read them. */
export const METRICS = {
  requests: counter('requests_total', 'Requests by HTTP status.', [
    'endpoint',
    'provider',
    'model',
    'status',
    'stream',
  ]),
  attempts: counter('upstream_attempts_total', 'Calls to providers.', ['provider', 'model', 'outcome']),
  retries: counter('retries_total', 'Calls of a target that had failed already in the same request.', [
    'provider',
    'reason',
  ]),
  fallbacks: counter('fallbacks_total', 'Requests that went on to another target (provider/model).', [
    'from',
    'to',
    'reason',
  ]),
  tokens: counter('tokens_total', 'Tokens by kind.', ['provider', 'model', 'type']),
  cost: counter('cost_usd_total', 'Cost in US dollars.', ['provider', 'model']),
  unpriced: counter('unpriced_requests_total', 'Calls of providers whose cost is not known.', [
    'provider',
    'model',
  ]),
  cacheHits: counter('cache_hits_total', 'Calls answered without a provider, by where from.', ['tier']),
  cacheMisses: counter('cache_misses_total', 'Calls that were looked up and not found.'),
  cacheWrites: counter('cache_writes_total', 'Answers that were kept.', ['tier']),
  cacheErrors: counter('cache_errors_total', 'Operations of a store that failed.', ['tier', 'op']),
  cacheSemantic: counter(
    'cache_semantic_total',
    'Misses that were compared with what was asked before, by what came of it.',
    ['result'],
  ),
  costSaved: counter('cost_saved_usd_total', 'What hits would have cost, in US dollars.', [
    'provider',
    'model',
    'tier',
  ]),
  spansDropped: counter('spans_dropped_total', 'Spans that could not be sent to the receiver of traces.'),
  redactions: counter('redactions_total', 'Personal data and secrets that were found in calls.', ['kind']),
  rateLimited: counter('rate_limited_total', 'Requests refused by a limit.', ['limit']),
  disconnects: counter('client_disconnects_total', 'Clients that left before their answer was complete.', [
    'phase',
  ]),
  duration: histogram(
    'request_duration_seconds',
    'From the request to the end of its answer.',
    ['endpoint', 'provider', 'stream'],
    CALL_SECONDS,
  ),
  overhead: histogram(
    'overhead_seconds',
    "The gateway's own time before the provider is called.",
    ['endpoint'],
    OWN_SECONDS,
  ),
  firstToken: histogram(
    'time_to_first_token_seconds',
    'From the request to the first byte of a stream.',
    ['provider', 'model'],
    CALL_SECONDS,
  ),
  interToken: histogram(
    'inter_token_seconds',
    'Time for each token after the first of a stream, on its average.',
    ['provider'],
    TOKEN_SECONDS,
  ),
  upstreamDuration: histogram(
    'upstream_duration_seconds',
    'From the call of a provider to the end of its answer.',
    ['provider'],
    CALL_SECONDS,
  ),
  redisDuration: histogram(
    'redis_duration_seconds',
    'Commands of Redis, from sending to the answer or the error.',
    ['op'],
    STORE_SECONDS,
  ),
  tenantRequests: counter('tenant_requests_total', 'Requests by tenant, of those that are configured.', [
    'tenant',
  ]),
  tenantCost: counter(
    'tenant_cost_usd_total',
    'Cost in US dollars by tenant, of those that are configured.',
    ['tenant'],
  ),
  budgetUsed: state(
    'max',
    'budget_used_ratio',
    'Share of a budget that is spent, when a call was last admitted.',
    ['tenant', 'scope'],
  ),
  providerHealth: state('max', 'provider_health', 'Whether a provider may be called (1) or is spared (0).', [
    'provider',
  ]),
  breakerState: state('max', 'circuit_breaker_state', '1 for the state in which the circuit breaker is.', [
    'provider',
    'state',
  ]),
  priceRefreshes: counter('price_refreshes_total', 'Times that newer prices were asked for.', ['result']),
  configReload: state(
    'min',
    'config_reload_success',
    'Whether the newest configuration is in force (1) or was refused (0).',
  ),
  redisUp: state(
    'min',
    'redis_up',
    'Whether every node of Redis that is needed is connected; absent without Redis.',
  ),
  activeRequests: gauge('active_requests', 'Requests under way.'),
  cacheEntries: gauge('cache_entries', 'Answers that are kept.', ['tier']),
  cacheBytes: gauge('cache_bytes', 'Memory of the answers that are kept.', ['tier']),
  buildInfo: gauge('build_info', 'What runs.', ['version', 'runtime']),
} as const satisfies Record<string, Instrument>;
