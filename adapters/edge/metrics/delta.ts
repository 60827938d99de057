import type { InstrumentSnapshot, SeriesSnapshot } from '../../memory/metrics.ts';

export type Snapshot = readonly InstrumentSnapshot[];

/**
 * What was counted between two snapshots of the same metrics: series in which nothing happened are left out. Gauges are what
 * they are now.
 */
export function deltaOf(before: Snapshot, now: Snapshot): InstrumentSnapshot[] {
  const known = new Map(before.map(({ instrument, series }) => [instrument.name, seriesByLabels(series)]));
  return now.flatMap(({ instrument, series }) => {
    if (instrument.kind === 'gauge') return [{ instrument, series }];
    const earlier = known.get(instrument.name);
    const more = series
      .map((one) => difference(one, earlier?.get(JSON.stringify(one.labels))))
      .filter(({ value, count }) => value !== 0 || count !== 0);
    return more.length === 0 ? [] : [{ instrument, series: more }];
  });
}

function seriesByLabels(series: readonly SeriesSnapshot[]): Map<string, SeriesSnapshot> {
  return new Map(series.map((one) => [JSON.stringify(one.labels), one]));
}

function difference(now: SeriesSnapshot, before: SeriesSnapshot | undefined): SeriesSnapshot {
  if (before === undefined) return now;
  return {
    labels: now.labels,
    value: now.value - before.value,
    count: now.count - before.count,
    counts: now.counts.map((count, i) => count - (before.counts[i] ?? 0)),
  };
}
