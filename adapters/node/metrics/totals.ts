import { merge, type Snapshot, withoutGauges } from './merge.ts';
import type { Reading } from './process.ts';

/** The last readings of all processes, and what those left behind that have ended. */
export class Totals {
  readonly #living = new Map<number, Reading>();
  #ended: Reading = { metrics: [], cpuMicros: 0 };

  /** @param pid the process. Its newest reading takes the place of the one before. */
  update(pid: number, reading: Reading): void {
    this.#living.set(pid, reading);
  }

  /** The process has ended: its counters stay, or sums would fall, and its gauges go. */
  end(pid: number): void {
    const last = this.#living.get(pid);
    if (last === undefined) return;
    this.#living.delete(pid);
    this.#ended = {
      metrics: merge([this.#ended.metrics, withoutGauges(last.metrics)]),
      cpuMicros: this.#ended.cpuMicros + last.cpuMicros,
    };
  }

  sum(): Reading {
    const readings = [this.#ended, ...this.#living.values()];
    return {
      metrics: merge(readings.map(({ metrics }): Snapshot => metrics)),
      cpuMicros: readings.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0),
    };
  }
}
