import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Instrument, Labels } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot, SeriesSnapshot } from '../../memory/metrics.ts';
import type { Snapshot } from './merge.ts';

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Snapshots in the Prometheus text format 0.0.4. */
export async function render(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  for (const one of snapshot) await register(registry, one);
  return registry.metrics();
}

/**
 * prom-client's own metrics can only be counted up one by one, and a histogram cannot be set at all; so each describes
 * itself and is given the values that were summed elsewhere. `getForPromString` is what the registry prefers to `get`.
 */
async function register(registry: Registry, { instrument, series }: InstrumentSnapshot): Promise<void> {
  const metric = createMetric(registry, instrument);
  const toValues = instrument.kind === 'histogram' ? histogramValues : singleValue;
  const values = series.flatMap((one) => toValues(instrument, one));
  const described = { ...(await metric.get()), values };
  const get = async () => described;
  Object.assign(metric, { get, getForPromString: get });
}

function createMetric(registry: Registry, { name, help, kind, labels }: Instrument) {
  const config = { name, help, labelNames: [...labels], registers: [registry] };
  switch (kind) {
    case 'counter':
      return new Counter(config);
    case 'gauge':
      return new Gauge(config);
    case 'histogram':
      return new Histogram(config);
  }
}

function singleValue({ labels: names }: Instrument, { labels, value }: SeriesSnapshot) {
  return [{ labels: named(names, labels), value }];
}

function histogramValues({ name, labels: names, buckets = [] }: Instrument, series: SeriesSnapshot) {
  const labels = named(names, series.labels);
  const bounds = [...buckets].sort((a, b) => a - b);
  let below = 0;
  const cumulative = [...bounds, '+Inf'].map((le, i) => {
    below += series.counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le: String(le), ...labels }, value: below };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels, value: series.value },
    { metricName: `${name}_count`, labels, value: series.count },
  ];
}

function named(names: Labels, values: Labels): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
