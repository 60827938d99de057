import type { Instrument } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot, SeriesSnapshot } from '../../memory/metrics.ts';

export type Snapshot = readonly InstrumentSnapshot[];

/** What several processes counted, together. Gauges add up as well, but for those that are no amounts. */
export function merge(snapshots: readonly Snapshot[]): InstrumentSnapshot[] {
  const merged = new Map<string, { instrument: Instrument; series: Map<string, SeriesSnapshot> }>();
  for (const { instrument, series } of snapshots.flat()) {
    const entry = merged.get(instrument.name) ?? { instrument, series: new Map() };
    merged.set(instrument.name, entry);
    for (const one of series) {
      const key = JSON.stringify(one.labels);
      const other = entry.series.get(key);
      entry.series.set(key, other === undefined ? one : join(instrument, one, other));
    }
  }
  return Array.from(merged.values(), ({ instrument, series }) => ({
    instrument,
    series: [...series.values()],
  }));
}

/** What stays true of a process that has ended. */
export function withoutGauges(snapshot: Snapshot): InstrumentSnapshot[] {
  return snapshot.filter(({ instrument }) => instrument.kind !== 'gauge');
}

function join({ across }: Instrument, one: SeriesSnapshot, other: SeriesSnapshot): SeriesSnapshot {
  return {
    labels: one.labels,
    value: across === undefined ? one.value + other.value : Math[across](one.value, other.value),
    count: one.count + other.count,
    counts: one.counts.map((count, i) => count + (other.counts[i] ?? 0)),
  };
}
