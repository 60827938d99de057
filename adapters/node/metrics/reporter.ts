/** What a process counted within this time before it was killed may be lost. */
const SHORTEST_PAUSE_MS = 250;
/** A reading may be of thousands of series: reporting takes at most 1% of the time. */
const PAUSE_PER_WORK = 100;

/**
 * Calls `report` soon after something happened, so that what a process has counted outlives it.
 * @returns a function to call when something happened; while a report is due it costs next to nothing.
 */
export function createReporter(report: () => void): () => void {
  let pauseMs = SHORTEST_PAUSE_MS;
  let due = false;
  const run = () => {
    due = false;
    const startedAt = performance.now();
    report();
    pauseMs = Math.max(SHORTEST_PAUSE_MS, (performance.now() - startedAt) * PAUSE_PER_WORK);
  };
  return () => {
    if (due) return;
    due = true;
    setTimeout(run, pauseMs).unref();
  };
}
