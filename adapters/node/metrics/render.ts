import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Labels } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot, SeriesSnapshot } from '../../memory/metrics.ts';
import type { Snapshot } from './merge.ts';

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Snapshots in the Prometheus text format 0.0.4. */
export function render(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  for (const one of snapshot) register(registry, one);
  return registry.metrics();
}

/**
 * prom-client's own metrics can only be counted up one by one, and a histogram cannot be set at all; so each is asked
 * for its description and given the values that were summed elsewhere.
 */
function register(registry: Registry, { instrument, series }: InstrumentSnapshot): void {
  const { name, help, kind, labels, buckets = [] } = instrument;
  const config = { name, help, labelNames: [...labels], registers: [registry] };
  if (kind === 'histogram') {
    const bounds = [...buckets].sort((a, b) => a - b);
    const metric = new Histogram({ ...config, buckets: bounds });
    const describe = metric.get.bind(metric);
    const values = series.flatMap((one) => histogramValues(name, labels, bounds, one));
    metric.get = async () => ({ ...(await describe()), values });
    return;
  }
  const metric = kind === 'counter' ? new Counter(config) : new Gauge(config);
  const describe = metric.get.bind(metric);
  const values = series.map((one) => ({ labels: named(labels, one.labels), value: one.value }));
  metric.get = async () => ({ ...(await describe()), values });
}

function histogramValues(name: string, names: Labels, bounds: readonly number[], series: SeriesSnapshot) {
  const labels = named(names, series.labels);
  let below = 0;
  const buckets = [...bounds, '+Inf'].map((le, i) => {
    below += series.counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: series.value },
    { metricName: `${name}_count`, labels, value: series.count },
  ];
}

function named(names: Labels, values: Labels): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
