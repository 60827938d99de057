/** Label values in the order in which the instrument declares its names. */
export type Labels = readonly string[];

export interface Instrument {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Upper bounds in the instrument's unit; histograms only. */
  readonly buckets?: readonly number[];
  /** What the values of several processes make together; gauges only. Left out: their sum. */
  readonly across?: 'min' | 'max';
}

/** Counts and times. Drivers are synchronous, never throw, and bound the label sets they keep. */
export interface Metrics {
  /** Adds to a counter or moves a gauge; `value` may be negative for gauges only. */
  add(instrument: Instrument, value: number, labels: Labels): void;
  set(instrument: Instrument, value: number, labels: Labels): void;
  observe(instrument: Instrument, value: number, labels: Labels): void;
}
