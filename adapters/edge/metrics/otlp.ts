import type { Instrument, Labels } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot, SeriesSnapshot } from '../../memory/metrics.ts';

/** Milliseconds since the epoch. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Values are text: they describe who counted. */
export type Resource = Readonly<Record<string, string>>;

const DELTA = 1;

/**
 * Deltas as an ExportMetricsServiceRequest in JSON
 * (https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto): 64-bit
 * integers are strings.
 */
export function toOtlp(
  resource: Resource,
  interval: Interval,
  deltas: readonly InstrumentSnapshot[],
): object {
  const metrics = deltas.map((delta) => toMetric(delta, interval));
  const scope = { name: 'llm-edge-agent' };
  return {
    resourceMetrics: [
      { resource: { attributes: toAttributes(resource) }, scopeMetrics: [{ scope, metrics }] },
    ],
  };
}

function toMetric({ instrument, series }: InstrumentSnapshot, interval: Interval): object {
  const { name, help, kind } = instrument;
  const about = { name, description: help, unit: unitOf(name) };
  const points = series.map((one) => toPoint(instrument, one, interval));
  switch (kind) {
    case 'counter':
      return { ...about, sum: { dataPoints: points, aggregationTemporality: DELTA, isMonotonic: true } };
    case 'gauge':
      return { ...about, gauge: { dataPoints: points } };
    case 'histogram':
      return { ...about, histogram: { dataPoints: points, aggregationTemporality: DELTA } };
  }
}

function toPoint(
  { kind, labels: names, buckets = [] }: Instrument,
  series: SeriesSnapshot,
  { from, to }: Interval,
) {
  const point = {
    attributes: toAttributes(named(names, series.labels)),
    startTimeUnixNano: nanoseconds(from),
    timeUnixNano: nanoseconds(to),
  };
  if (kind !== 'histogram') return { ...point, asDouble: series.value };
  return {
    ...point,
    count: String(series.count),
    sum: series.value,
    bucketCounts: series.counts.map(String),
    explicitBounds: [...buckets].sort((a, b) => a - b),
  };
}

/** As UCUM has it. */
function unitOf(name: string): string {
  if (name.endsWith('_seconds')) return 's';
  return name.endsWith('_bytes') ? 'By' : '1';
}

function named(names: Labels, values: Labels): Resource {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

function toAttributes(values: Resource): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}
