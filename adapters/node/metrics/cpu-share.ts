import type { Clock } from '../../../src/ports/clock.ts';

/** Scrapes that follow faster see the share of the interval before: over a few milliseconds it says nothing. */
const SHORTEST_MS = 1_000;

/**
 * Turns CPU time since the start into the share of the time since the last question, in percent of `cores`.
 * @returns a function of the CPU time of all processes, in microseconds.
 */
export function createCpuShare(clock: Clock, cores: number): (cpuMicros: number) => number {
  let before = { at: clock.monotonic(), cpuMicros: 0 };
  let percent = 0;
  return (cpuMicros) => {
    const now = clock.monotonic();
    const elapsedMs = now - before.at;
    if (elapsedMs < SHORTEST_MS) return percent;
    percent = Math.max(0, cpuMicros - before.cpuMicros) / (elapsedMs * 10 * cores);
    before = { at: now, cpuMicros };
    return percent;
  };
}
