import { board } from './board.ts';
import { series, stat, states } from './panels.ts';
import { INSTANCE, PROVIDER, quantiles, rate, sum } from './promql.ts';

const UP = { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'UP', color: 'green' } } as const;
const OF_THE_JOB = `job="llm-edge-agent", ${INSTANCE}`;

export const systemHealth = board({
  uid: 'llm-edge-system',
  title: 'System Health',
  description: 'Whether the gateway and what it stands on have what they need.',
  variables: ['instance', 'provider'],
  sections: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Instances',
          description: 'Instances that answer the scrape. One that does not for a minute is an alert.',
          unit: 'short',
          steps: ['red', [1, 'green']],
          queries: [{ expr: `sum(up{${OF_THE_JOB}})`, legend: 'up' }],
        }),
        stat({
          title: 'Alerts',
          description: 'Alerts that fire now, of all groups.',
          unit: 'short',
          steps: ['green', [1, 'red']],
          queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'firing' }],
        }),
        stat({
          title: 'CPU, busiest',
          description: 'Of the cores that an instance may use. Above 80% for ten minutes is an alert.',
          unit: 'percent',
          steps: ['green', [60, 'orange'], [80, 'red']],
          queries: [{ expr: `max(llm_edge_cpu_usage_percent{${INSTANCE}})`, legend: 'CPU' }],
        }),
        stat({
          title: 'Memory, largest',
          description: 'All processes of an instance. Above 3.5 GB for ten minutes is an alert.',
          unit: 'bytes',
          steps: ['green', [2.5e9, 'orange'], [3.5e9, 'red']],
          queries: [{ expr: `max(llm_edge_memory_bytes{${INSTANCE}})`, legend: 'memory' }],
        }),
        stat({
          title: 'Connections, most',
          description: 'Open connections of clients to one instance. Above 900 for five minutes is an alert.',
          unit: 'short',
          steps: ['green', [700, 'orange'], [900, 'red']],
          queries: [{ expr: `max(llm_edge_active_connections{${INSTANCE}})`, legend: 'connections' }],
        }),
        stat({
          title: 'Configuration',
          description: 'Whether the newest configuration is in force everywhere.',
          unit: 'none',
          steps: ['red', [1, 'green']],
          texts: { 0: { text: 'REFUSED', color: 'red' }, 1: { text: 'IN FORCE', color: 'green' } },
          queries: [{ expr: `min(llm_edge_config_reload_success{${INSTANCE}})`, legend: 'configuration' }],
        }),
      ],
    },
    {
      title: 'Instances',
      panels: [
        series({
          title: 'CPU',
          description: 'Share of the cores that each instance may use.',
          unit: 'percent',
          steps: ['transparent', [80, 'red']],
          queries: [{ expr: `llm_edge_cpu_usage_percent{${INSTANCE}}`, legend: '{{instance}}' }],
        }),
        series({
          title: 'Memory',
          description:
            'Resident memory of all processes of each instance. A line that only climbs is a leak.',
          unit: 'bytes',
          steps: ['transparent', [3.5e9, 'red']],
          queries: [{ expr: `llm_edge_memory_bytes{${INSTANCE}}`, legend: '{{instance}}' }],
        }),
        series({
          title: 'Connections and requests',
          description: 'Open connections, and requests under way on them.',
          unit: 'short',
          steps: ['transparent', [900, 'red']],
          queries: [
            { expr: `llm_edge_active_connections{${INSTANCE}}`, legend: 'connections {{instance}}' },
            { expr: `llm_edge_active_requests{${INSTANCE}}`, legend: 'requests {{instance}}' },
          ],
        }),
        series({
          title: 'Load by instance',
          description: 'Requests per second. Instances that differ much are balanced badly.',
          unit: 'reqps',
          queries: [{ expr: sum(rate('llm_edge_requests_total'), 'instance'), legend: '{{instance}}' }],
        }),
        series({
          title: 'What the gateway adds',
          description: 'Its own time before a provider is called; grows when the CPU is short.',
          unit: 's',
          queries: quantiles('llm_edge_overhead_seconds'),
        }),
        states({
          title: 'Versions',
          description: 'What each instance runs. Two versions for long are a rollout that is stuck.',
          unit: 'none',
          texts: { 1: { text: 'RUNS', color: 'blue' } },
          queries: [{ expr: `llm_edge_build_info{${INSTANCE}}`, legend: '{{instance}} {{version}}' }],
        }),
      ],
    },
    {
      title: 'What it stands on',
      panels: [
        states({
          title: 'Providers',
          description: 'Whether each provider may be called, seen from each instance.',
          unit: 'none',
          texts: UP,
          queries: [{ expr: `llm_edge_provider_health{${PROVIDER}}`, legend: '{{provider}} {{instance}}' }],
        }),
        states({
          title: 'Redis nodes',
          description: 'Whether the exporter reaches each node.',
          unit: 'none',
          texts: UP,
          queries: [{ expr: 'redis_up{job="redis"}', legend: '{{instance}}' }],
        }),
        states({
          title: 'Scrapes',
          description: 'Whether Prometheus reaches each target, of all jobs.',
          unit: 'none',
          texts: UP,
          queries: [{ expr: 'up', legend: '{{job}} {{instance}}' }],
        }),
        series({
          title: 'Time of a scrape',
          description: 'A gateway that takes a second to answer has a worker that is stuck.',
          unit: 's',
          steps: ['transparent', [1, 'red']],
          queries: [{ expr: `scrape_duration_seconds{${OF_THE_JOB}}`, legend: '{{instance}}' }],
        }),
      ],
    },
  ],
});
