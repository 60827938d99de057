/** What happens to the series of a case, in promtool's notation at one sample a minute, and what fires when. */
export interface AlertCase {
  readonly alert: string;
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
  /** How many alerts of this name fire at a time. */
  readonly firing: Readonly<Record<string, number>>;
  /** How often the rule is evaluated, where hours go by; 15 s as in production otherwise. */
  readonly every?: '15s' | '1m' | '5m';
}

const A = 'job="llm-edge-agent", instance="a:9090"';
const B = 'job="llm-edge-agent", instance="b:9090"';
const UP = { [`up{${A}}`]: '1x300' };

const requests = (status: string, more = `${A}, endpoint="chat"`) =>
  `llm_edge_requests_total{${more}, provider="openai", model="m", status="${status}", stream="false"}`;
const attempts = (outcome: string) =>
  `llm_edge_upstream_attempts_total{${A}, provider="openai", model="m", outcome="${outcome}"}`;
const cost = (model: string) => `llm_edge_cost_usd_total{${A}, provider="openai", model="${model}"}`;

/** Of so many requests a minute, those above the bound before it too. */
function histogram(name: string, labels: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([le, perMinute]) => [
      [`${name}_bucket{${labels}, le="${le}"}`, `0+${perMinute}x60`],
      ...(le === '+Inf' ? [[`${name}_count{${labels}}`, `0+${perMinute}x60`]] : []),
    ]),
  );
}

const WHOLE = `${A}, endpoint="chat", provider="openai", stream="false"`;
const STREAM = `${A}, endpoint="chat", provider="openai", stream="true"`;
const FIRST = `${A}, provider="openai", model="m"`;

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: 'LLMEdgeAgentDown',
    title: 'one of two does not answer',
    series: { ...UP, [`up{${B}}`]: '1x4 0x20' },
    firing: { '5m45s': 0, '6m30s': 1 },
  },
  { alert: 'LLMEdgeAgentDown', title: 'none is known', series: {}, firing: { '30s': 0, '2m': 1 } },
  {
    alert: 'LLMEdgeAgentDown',
    title: 'both answer',
    series: { ...UP, [`up{${B}}`]: '1x300' },
    firing: { '20m': 0 },
  },
  {
    alert: 'LLMEdgeAgentDown',
    title: 'one scrape is missed',
    series: { [`up{${A}}`]: '1x5 0 1x20' },
    firing: { '6m': 0, '7m': 0, '8m': 0 },
  },

  {
    alert: 'HighErrorRate',
    title: '2% of the requests, over two instances',
    series: {
      ...UP,
      [requests('200')]: '0+300x60',
      [requests('200', `${B}, endpoint="chat"`)]: '0+300x60',
      [requests('500')]: '0+12x60',
    },
    firing: { '5m': 0, '7m': 1 },
  },
  {
    alert: 'HighErrorRate',
    title: '2%, under a flood of requests for paths that do not exist',
    series: {
      ...UP,
      [requests('200')]: '0+300x60',
      [requests('502')]: '0+6x60',
      [requests('404', `${A}, endpoint="unknown"`)]: '0+9000x60',
    },
    firing: { '10m': 1 },
  },
  {
    alert: 'HighErrorRate',
    title: 'half a percent',
    series: { ...UP, [requests('200')]: '0+600x60', [requests('500')]: '0+3x60' },
    firing: { '10m': 0, '50m': 0 },
  },
  {
    alert: 'HighErrorRate',
    title: 'a third, of next to nothing',
    series: { ...UP, [requests('200')]: '0+2x60', [requests('500')]: '0+1x60' },
    firing: { '10m': 0, '50m': 0 },
  },
  {
    alert: 'HighErrorRate',
    title: 'one burst that is over',
    series: { ...UP, [requests('200')]: '0+600x60', [requests('500')]: '0x5 90x55' },
    firing: { '8m': 0, '10m30s': 0, '15m': 0 },
  },
  {
    alert: 'HighErrorRate',
    title: 'no error ever',
    series: { ...UP, [requests('200')]: '0+600x60' },
    every: '1m',
    firing: { '30m': 0 },
  },
  {
    alert: 'HighErrorRate',
    title: 'refusals that are the callers’ own fault',
    series: { ...UP, [requests('200')]: '0+600x60', [requests('429')]: '0+600x60' },
    every: '1m',
    firing: { '30m': 0 },
  },

  {
    alert: 'AllProvidersDown',
    title: 'both, on one instance of two',
    series: {
      ...UP,
      [`llm_edge_provider_health{${A}, provider="openai"}`]: '1x3 0x20',
      [`llm_edge_provider_health{${A}, provider="anthropic"}`]: '1 0x20',
      [`llm_edge_provider_health{${B}, provider="openai"}`]: '1x30',
    },
    firing: { '5m45s': 0, '6m30s': 1 },
  },
  {
    alert: 'AllProvidersDown',
    title: 'one of two',
    series: {
      ...UP,
      [`llm_edge_provider_health{${A}, provider="openai"}`]: '0x30',
      [`llm_edge_provider_health{${A}, provider="anthropic"}`]: '1x30',
    },
    firing: { '10m': 0 },
  },

  {
    alert: 'HighLatency',
    title: 'a tenth of the whole answers takes longer',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 80, 2: 90, 4: 100, '+Inf': 100 }),
    },
    firing: { '5m': 0, '7m': 1 },
  },
  {
    alert: 'HighLatency',
    title: 'a tenth of the first tokens does, while whole answers are fast',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 100, 2: 100, 4: 100, '+Inf': 100 }),
      ...histogram('llm_edge_time_to_first_token_seconds', FIRST, { 1: 80, 2: 90, 4: 100, '+Inf': 100 }),
    },
    firing: { '5m': 0, '7m': 1 },
  },
  {
    alert: 'HighLatency',
    title: 'streams are long, and begin at once',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', STREAM, { 1: 0, 2: 0, 4: 50, '+Inf': 100 }),
      ...histogram('llm_edge_time_to_first_token_seconds', FIRST, { 1: 100, 2: 100, 4: 100, '+Inf': 100 }),
    },
    firing: { '20m': 0 },
  },
  {
    alert: 'HighLatency',
    title: 'two slow calls a minute are not enough to tell',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 0, 2: 0, 4: 2, '+Inf': 2 }),
    },
    firing: { '20m': 0 },
  },

  {
    alert: 'LowCacheHitRate',
    title: 'half, over all tiers',
    series: {
      ...UP,
      [`llm_edge_cache_hits_total{${A}, tier="l1"}`]: '0+25x60',
      [`llm_edge_cache_hits_total{${A}, tier="l2"}`]: '0+25x60',
      [`llm_edge_cache_misses_total{${A}}`]: '0+50x60',
    },
    firing: { '14m': 0, '20m': 1 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'nothing was ever found',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0+50x60' },
    firing: { '20m': 1 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'seven of ten',
    series: {
      ...UP,
      [`llm_edge_cache_hits_total{${A}, tier="l1"}`]: '0+70x60',
      [`llm_edge_cache_misses_total{${A}}`]: '0+30x60',
    },
    firing: { '40m': 0 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'five calls a minute',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0+5x60' },
    firing: { '40m': 0 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'nothing is asked',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0x60' },
    firing: { '40m': 0 },
  },

  {
    alert: 'HighMemoryUsage',
    title: 'above, on one of two',
    series: { ...UP, [`llm_edge_memory_bytes{${A}}`]: '3.6e9x60', [`llm_edge_memory_bytes{${B}}`]: '1e9x60' },
    firing: { '9m': 0, '11m': 1 },
  },
  {
    alert: 'HighMemoryUsage',
    title: 'below, on two that are above together',
    series: { ...UP, [`llm_edge_memory_bytes{${A}}`]: '3e9x60', [`llm_edge_memory_bytes{${B}}`]: '3e9x60' },
    firing: { '30m': 0 },
  },

  {
    alert: 'CircuitBreakerOpen',
    title: 'seen from one instance',
    series: {
      ...UP,
      [`llm_edge_circuit_breaker_state{${A}, provider="openai", state="open"}`]: '0x3 1x20',
      [`llm_edge_circuit_breaker_state{${A}, provider="openai", state="closed"}`]: '1x3 0x20',
    },
    firing: { '5m45s': 0, '6m30s': 1 },
  },
  {
    alert: 'CircuitBreakerOpen',
    title: 'closed, or open for a minute',
    series: {
      ...UP,
      [`llm_edge_circuit_breaker_state{${A}, provider="openai", state="closed"}`]: '1x30',
      [`llm_edge_circuit_breaker_state{${A}, provider="openai", state="open"}`]: '0x3 1 0x26',
    },
    firing: { '5m': 0, '10m': 0 },
  },

  {
    alert: 'RedisDown',
    title: 'a node',
    series: {
      ...UP,
      'up{job="redis", instance="redis-1:6379"}': '1x30',
      'redis_up{job="redis", instance="redis-1:6379"}': '1x3 0x20',
      'redis_up{job="redis", instance="redis-2:6379"}': '1x30',
    },
    firing: { '4m45s': 0, '5m30s': 1 },
  },
  {
    alert: 'RedisDown',
    title: 'the exporter, and with it what it told of each node',
    series: {
      ...UP,
      'up{job="redis", instance="redis-1:6379"}': '1 0x20',
      'up{job="redis", instance="redis-2:6379"}': '1 0x20',
    },
    firing: { '4m': 2 },
  },
  {
    alert: 'RedisDown',
    title: 'as the gateway sees it',
    series: { ...UP, [`llm_edge_redis_up{${A}}`]: '0x20' },
    firing: { '30s': 0, '2m': 1 },
  },
  {
    alert: 'RedisDown',
    title: 'all nodes answer',
    series: {
      ...UP,
      [`llm_edge_redis_up{${A}}`]: '1x20',
      'up{job="redis", instance="redis-1:6379"}': '1x20',
      'redis_up{job="redis", instance="redis-1:6379"}': '1x20',
    },
    firing: { '10m': 0 },
  },
  { alert: 'RedisDown', title: 'no Redis is used', series: UP, firing: { '10m': 0 } },

  {
    alert: 'HighCPUUsage',
    title: 'nine tenths, with a dip',
    series: { ...UP, [`llm_edge_cpu_usage_percent{${A}}`]: '95x6 75 95x30' },
    firing: { '9m': 0, '11m': 1 },
  },
  {
    alert: 'HighCPUUsage',
    title: 'three quarters, with a peak',
    series: { ...UP, [`llm_edge_cpu_usage_percent{${A}}`]: '75x6 100x4 75x30' },
    firing: { '9m': 0, '11m': 0, '20m': 0 },
  },

  {
    alert: 'HighConnectionCount',
    title: 'above, on one of two',
    series: {
      ...UP,
      [`llm_edge_active_connections{${A}}`]: '950x30',
      [`llm_edge_active_connections{${B}}`]: '10x30',
    },
    firing: { '4m': 0, '6m': 1 },
  },
  {
    alert: 'HighConnectionCount',
    title: 'at the bound',
    series: { ...UP, [`llm_edge_active_connections{${A}}`]: '900x30' },
    firing: { '20m': 0 },
  },

  {
    alert: 'HighDailyCost',
    title: 'ninety dollars of one model and thirty of another',
    series: { ...UP, [cost('a')]: '0+0.5x180 90.1x300', [cost('b')]: '0+0.2x150 30.1x300' },
    every: '5m',
    firing: { '2h': 0, '4h': 1 },
  },
  {
    alert: 'HighDailyCost',
    title: 'a hundred dollars of fractions, over two days',
    series: { ...UP, [cost('a')]: '0+0.03x2880' },
    every: '5m',
    firing: { '30h': 0, '47h': 0 },
  },

  {
    alert: 'CostSpike',
    title: 'twice as much as in the hours before',
    series: { ...UP, [cost('a')]: '0+0.05x300 15.1+0.1x180' },
    every: '5m',
    firing: { '5h': 0, '6h15m': 1 },
  },
  {
    alert: 'CostSpike',
    title: 'a fifth more',
    series: { ...UP, [cost('a')]: '0+0.05x300 15.1+0.06x180' },
    every: '5m',
    firing: { '6h15m': 0, '7h': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'as much as every day at this hour',
    series: { ...UP, [cost('a')]: '0+0.05x600 30.2+0.2x180 66.3+0.05x1260 129.5+0.2x180' },
    every: '5m',
    firing: { '10h45m': 1, '35h15m': 0, '36h': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'from cents to a few more',
    series: { ...UP, [cost('a')]: '0+0.0005x300 0.152+0.002x180' },
    every: '5m',
    firing: { '6h15m': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'from the first hour on',
    series: { ...UP, [cost('a')]: '0+0.2x240' },
    every: '5m',
    firing: { '1h': 0, '2h': 0, '4h': 0 },
  },

  {
    alert: 'ProviderFailing',
    title: 'a third fails, whatever clients see of it',
    series: { ...UP, [attempts('ok')]: '0+20x60', [attempts('provider_error')]: '0+10x60' },
    firing: { '9m': 0, '12m': 1 },
  },
  {
    alert: 'ProviderFailing',
    title: 'clients leave, and send what is refused',
    series: {
      ...UP,
      [attempts('ok')]: '0+10x60',
      [attempts('client_closed')]: '0+10x60',
      [attempts('upstream_400')]: '0+10x60',
    },
    firing: { '30m': 0 },
  },

  {
    alert: 'ErrorBudgetBurn',
    title: 'fast: 2% for an hour',
    series: { ...UP, [requests('200')]: '0+100x120', [requests('500')]: '0+2x120' },
    every: '1m',
    firing: { '1h10m': 1 },
  },
  {
    alert: 'ErrorBudgetBurn',
    title: 'slow: 0.8% for six hours',
    series: { ...UP, [requests('200')]: '0+1000x400', [requests('500')]: '0+8x400' },
    every: '1m',
    firing: { '6h10m': 1 },
  },
  {
    alert: 'ErrorBudgetBurn',
    title: 'within the budget',
    series: { ...UP, [requests('200')]: '0+2000x400', [requests('500')]: '0+1x400' },
    every: '1m',
    firing: { '1h': 0, '6h10m': 0 },
  },

  {
    alert: 'ConfigReloadFailed',
    title: 'on one instance',
    series: {
      ...UP,
      [`llm_edge_config_reload_success{${A}}`]: '1x3 0x9',
      [`llm_edge_config_reload_success{${B}}`]: '1x12',
    },
    firing: { '3m': 0, '6m': 1 },
  },
  { alert: 'ConfigReloadFailed', title: 'nothing was read again', series: UP, firing: { '6m': 0 } },

  {
    alert: 'HighOverhead',
    title: 'a fiftieth takes longer than 50 ms',
    series: {
      ...UP,
      ...histogram('llm_edge_overhead_seconds', `${A}, endpoint="chat"`, { 0.05: 98, 0.1: 100, '+Inf': 100 }),
    },
    firing: { '9m': 0, '12m': 1 },
  },
  {
    alert: 'HighOverhead',
    title: 'all take a millisecond',
    series: {
      ...UP,
      ...histogram('llm_edge_overhead_seconds', `${A}, endpoint="chat"`, {
        0.001: 100,
        0.05: 100,
        '+Inf': 100,
      }),
    },
    firing: { '20m': 0 },
  },

  {
    alert: 'SharedCacheFailing',
    title: 'every second call meets an error',
    series: {
      ...UP,
      [requests('200')]: '0+100x60',
      [`llm_edge_cache_errors_total{${A}, tier="l2", op="get"}`]: '0+50x60',
    },
    firing: { '4m': 0, '7m': 1 },
  },
  {
    alert: 'SharedCacheFailing',
    title: 'one call in fifty does',
    series: {
      ...UP,
      [requests('200')]: '0+1000x60',
      [`llm_edge_cache_errors_total{${A}, tier="l2", op="get"}`]: '0+20x60',
    },
    firing: { '20m': 0 },
  },

  {
    alert: 'UnpricedRequests',
    title: 'calls without a price',
    series: { ...UP, [`llm_edge_unpriced_requests_total{${A}, provider="local", model="other"}`]: '0+1x60' },
    firing: { '10m': 0, '20m': 1 },
  },
  {
    alert: 'UnpricedRequests',
    title: 'one that was long ago',
    series: { ...UP, [`llm_edge_unpriced_requests_total{${A}, provider="local", model="other"}`]: '1x300' },
    every: '1m',
    firing: { '3h': 0 },
  },
];
