import { METRICS } from '../../../src/account/instruments.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Instrument, Labels } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot } from '../../memory/metrics.ts';
import { VERSION } from '../../version.ts';
import { createCpuShare } from './cpu-share.ts';
import { merge } from './merge.ts';
import { PROCESS_METRICS, type Reading } from './process.ts';
import { render } from './render.ts';

/** Instruments that nothing was counted on yet are named all the same, so that a dashboard finds them. */
const DECLARED = [...Object.values(METRICS), ...Object.values(PROCESS_METRICS)].map(declare);
const BUILD = series(METRICS.buildInfo, 1, [VERSION, 'node']);

/** @returns a function that writes a reading of all processes together as Prometheus text. */
export function createExposition(clock: Clock, cores: number): (reading: Reading) => Promise<string> {
  const cpuShare = createCpuShare(clock, cores);
  return ({ metrics, cpuMicros }) => {
    const cpu = series(PROCESS_METRICS.cpu, cpuShare(cpuMicros), []);
    return render(merge([DECLARED, [BUILD, cpu], metrics]));
  };
}

/**
 * A counter or an amount without labels begins at 0; others have no series before their first label set, and a state is
 * not told before it is known.
 */
function declare(instrument: Instrument): InstrumentSnapshot {
  const { labels, kind, across } = instrument;
  const begins = labels.length === 0 && kind !== 'histogram' && across === undefined;
  return begins ? series(instrument, 0, []) : { instrument, series: [] };
}

function series(instrument: Instrument, value: number, labels: Labels): InstrumentSnapshot {
  return { instrument, series: [{ labels, value, count: 0, counts: [] }] };
}
