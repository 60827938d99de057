import type { Instrument, Labels, Metrics } from '../../src/ports/metrics.ts';

export interface MemoryMetricsOptions {
  /** Label sets kept for each instrument; what comes after them is counted with every label `other`. */
  readonly maxSeries?: number;
}

export interface SeriesSnapshot {
  readonly labels: Labels;
  /** Of a histogram: the sum of what was observed. */
  readonly value: number;
  /** Observations; 0 for other kinds. */
  readonly count: number;
  /** Observations in each bucket (not cumulative), the last being those above every bound; empty for other kinds. */
  readonly counts: readonly number[];
}

export interface InstrumentSnapshot {
  readonly instrument: Instrument;
  readonly series: readonly SeriesSnapshot[];
}

export interface MemoryMetrics extends Metrics {
  /** A copy of all that was counted since the start, in the order of first use. */
  snapshot(): readonly InstrumentSnapshot[];
}

/** Instruments are told apart by name. A value of the wrong kind for its instrument, or not finite, is ignored. */
export function createMemoryMetrics({ maxSeries = 2_000 }: MemoryMetricsOptions = {}): MemoryMetrics {
  const tables = new Map<string, Table>();
  const find = (instrument: Instrument, labels: Labels): Series => {
    let table = tables.get(instrument.name);
    if (table === undefined) {
      table = new Table(instrument, maxSeries);
      tables.set(instrument.name, table);
    }
    return table.find(labels);
  };
  return {
    add(instrument, value, labels) {
      if (instrument.kind === 'histogram' || !Number.isFinite(value)) return;
      if (instrument.kind === 'counter' && value < 0) return;
      find(instrument, labels).value += value;
    },
    set(instrument, value, labels) {
      if (instrument.kind === 'gauge' && Number.isFinite(value)) find(instrument, labels).value = value;
    },
    observe(instrument, value, labels) {
      if (instrument.kind === 'histogram' && Number.isFinite(value)) observe(find(instrument, labels), value);
    },
    snapshot: () => Array.from(tables.values(), (table) => table.snapshot()),
  };
}

interface Series {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  readonly counts: number[];
  value: number;
  count: number;
}

interface Branch {
  readonly next: Map<string, Branch>;
  series: Series | null;
}

/**
 * The series of one instrument, in a tree with one level for each label: a known series is found without making a
 * string, and no separator can confuse two label sets.
 */
class Table {
  readonly #instrument: Instrument;
  readonly #maxSeries: number;
  readonly #root: Branch = { next: new Map(), series: null };
  readonly #series: Series[] = [];
  #overflow: Series | null = null;

  constructor(instrument: Instrument, maxSeries: number) {
    this.#instrument = instrument;
    this.#maxSeries = maxSeries;
  }

  find(labels: Labels): Series {
    let branch = this.#root;
    for (let i = 0; i < this.#instrument.labels.length; i += 1) {
      const next = branch.next.get(labels[i] ?? '');
      if (next === undefined) return this.#admit(labels);
      branch = next;
    }
    return branch.series ?? this.#admit(labels);
  }

  snapshot(): InstrumentSnapshot {
    const series = this.#series.map(({ labels, value, count, counts }) => ({
      labels,
      value,
      count,
      counts: [...counts],
    }));
    return { instrument: this.#instrument, series };
  }

  #admit(labels: Labels): Series {
    if (this.#series.length < this.#maxSeries) return this.#reach(labels);
    this.#overflow ??= this.#reach(this.#instrument.labels.map(() => 'other'));
    return this.#overflow;
  }

  /** The series at the end of the way, both made where they are missing. */
  #reach(labels: Labels): Series {
    const own = this.#instrument.labels.map((_, i) => labels[i] ?? '');
    let branch = this.#root;
    for (const label of own) {
      const next = branch.next.get(label) ?? { next: new Map(), series: null };
      branch.next.set(label, next);
      branch = next;
    }
    branch.series ??= this.#start(own);
    return branch.series;
  }

  #start(labels: Labels): Series {
    const { kind, buckets = [] } = this.#instrument;
    const bounds = [...buckets].sort((a, b) => a - b);
    const counts = kind === 'histogram' ? new Array<number>(bounds.length + 1).fill(0) : [];
    const series = { labels, bounds, counts, value: 0, count: 0 };
    this.#series.push(series);
    return series;
  }
}

/** Bounds are inclusive, as in Prometheus. A dozen of them are walked faster than halved. */
function observe(series: Series, value: number): void {
  const { bounds, counts } = series;
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
  counts[bucket] = (counts[bucket] ?? 0) + 1;
  series.value += value;
  series.count += 1;
}
