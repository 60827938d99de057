import { board } from './board.ts';
import { series, stat } from './panels.ts';
import { INSTANCE, increase, orZero, PROVIDER, quantile, quantiles, rate, sum } from './promql.ts';

const HITS = sum(rate('llm_edge_cache_hits_total'));
const MISSES = sum(rate('llm_edge_cache_misses_total'));
const share = (tier: string) => sum(rate('llm_edge_cache_hits_total', `${INSTANCE}, tier="${tier}"`));

export const cachePerformance = board({
  uid: 'llm-edge-cache',
  title: 'Cache Performance',
  description: 'How much the cache answers, how fast, and what it saves.',
  variables: ['instance', 'provider'],
  sections: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Hit rate',
          description:
            'Share of looked-up calls that the cache answered. Below 60% for 15 minutes is an alert.',
          unit: 'percentunit',
          steps: ['red', [0.3, 'orange'], [0.6, 'green']],
          queries: [{ expr: `(${orZero(HITS)}) / ((${orZero(HITS)}) + ${MISSES})`, legend: 'hit rate' }],
        }),
        stat({
          title: 'Saved',
          description: 'What the hits of the chosen time would have cost at the provider.',
          unit: 'currencyUSD',
          steps: ['green'],
          queries: [
            { expr: orZero(sum(increase('llm_edge_cost_saved_usd_total', PROVIDER))), legend: 'saved' },
          ],
        }),
        stat({
          title: 'Entries in memory',
          description: 'Answers kept by all chosen instances; each process has its own (L1_CACHE_SIZE).',
          unit: 'short',
          queries: [{ expr: sum(`llm_edge_cache_entries{${INSTANCE}, tier="l1"}`), legend: 'entries' }],
        }),
        stat({
          title: 'Bytes in memory',
          description: 'What those answers weigh (L1_CACHE_BYTES for each process).',
          unit: 'bytes',
          queries: [{ expr: sum(`llm_edge_cache_bytes{${INSTANCE}, tier="l1"}`), legend: 'bytes' }],
        }),
        stat({
          title: 'Redis',
          description:
            'Whether every node is connected, seen from the gateway. Without it, each process goes on with its own memory.',
          unit: 'none',
          steps: ['red', [1, 'green']],
          texts: { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'UP', color: 'green' } },
          queries: [{ expr: `min(llm_edge_redis_up{${INSTANCE}})`, legend: 'Redis' }],
        }),
        stat({
          title: 'Errors of stores',
          description:
            'Operations that failed, came too late or were not tried. They cost hits, never a call.',
          unit: 'ops',
          steps: ['green', [0.1, 'orange'], [10, 'red']],
          queries: [{ expr: orZero(sum(rate('llm_edge_cache_errors_total'))), legend: 'errors' }],
        }),
      ],
    },
    {
      title: 'Hits',
      panels: [
        series({
          title: 'Looked up, by what was found',
          description:
            'l1: in memory. l2: in Redis. coalesced: an equal call was under way. stale: past its life, better than an error.',
          unit: 'reqps',
          stacked: true,
          queries: [
            { expr: sum(rate('llm_edge_cache_hits_total'), 'tier'), legend: '{{tier}}' },
            { expr: MISSES, legend: 'miss' },
          ],
        }),
        series({
          title: 'Hit rate by tier',
          description: 'Share of all looked-up calls that each tier answered.',
          unit: 'percentunit',
          steps: ['transparent', [0.6, 'green']],
          queries: ['l1', 'l2', 'coalesced', 'stale'].map((tier) => ({
            expr: `(${orZero(share(tier))}) / ((${orZero(HITS)}) + ${MISSES})`,
            legend: tier,
          })),
        }),
        series({
          title: 'Kept',
          description: 'Answers that were written, by tier. Only complete answers are.',
          unit: 'ops',
          queries: [{ expr: sum(rate('llm_edge_cache_writes_total'), 'tier'), legend: '{{tier}}' }],
        }),
        series({
          title: 'The semantic tier',
          description:
            'Misses that were compared with what was asked before, by what came of it. 0 while the tier is off.',
          unit: 'reqps',
          queries: [
            { expr: orZero(sum(rate('llm_edge_cache_semantic_total'), 'result')), legend: '{{result}}' },
          ],
        }),
        series({
          title: 'Saved by tier',
          description: 'What hits would have cost, in US dollars per hour.',
          unit: 'currencyUSD',
          stacked: true,
          queries: [
            {
              expr: orZero(`3600 * ${sum(rate('llm_edge_cost_saved_usd_total', PROVIDER), 'tier')}`),
              legend: '{{tier}} per hour',
            },
          ],
        }),
      ],
    },
    {
      title: 'Redis',
      panels: [
        series({
          title: 'Commands',
          description: 'Time of a command, from sending to its answer. The gateway waits 50 ms at most.',
          unit: 's',
          steps: ['transparent', [0.05, 'red']],
          queries: quantiles('llm_edge_redis_duration_seconds'),
        }),
        series({
          title: 'Commands by kind, p99',
          description: 'get: lookups. set: writes and leases. eval: scripts of leases, limits and budgets.',
          unit: 's',
          queries: [
            { expr: quantile(0.99, 'llm_edge_redis_duration_seconds', INSTANCE, 'op'), legend: '{{op}}' },
          ],
        }),
        series({
          title: 'Errors of stores',
          description: 'By tier and operation. Many of l2 mean that a node is gone or slow.',
          unit: 'ops',
          queries: [
            { expr: orZero(sum(rate('llm_edge_cache_errors_total'), 'tier, op')), legend: '{{tier}} {{op}}' },
          ],
        }),
        series({
          title: 'Memory of the nodes',
          description: 'Used memory of each node, from its exporter.',
          unit: 'bytes',
          queries: [{ expr: 'redis_memory_used_bytes{job="redis"}', legend: '{{instance}}' }],
        }),
        series({
          title: 'Commands of the nodes',
          description: 'What each node processes, of all its clients.',
          unit: 'ops',
          queries: [
            {
              expr: 'rate(redis_commands_processed_total{job="redis"}[$__rate_interval])',
              legend: '{{instance}}',
            },
          ],
        }),
        series({
          title: 'Evicted and expired',
          description: 'Evictions mean that the nodes are full: hits are lost before their time.',
          unit: 'ops',
          queries: [
            {
              expr: 'rate(redis_evicted_keys_total{job="redis"}[$__rate_interval])',
              legend: 'evicted {{instance}}',
            },
            {
              expr: 'rate(redis_expired_keys_total{job="redis"}[$__rate_interval])',
              legend: 'expired {{instance}}',
            },
          ],
        }),
      ],
    },
  ],
});
