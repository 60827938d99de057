/** Does the policy of the first tier find more than an LRU of the same size, and what does it take for it? */
import { CORE, stopAll } from '../children.ts';
import { moduleAt, ready } from '../rig.ts';
import type { ZipfJob, ZipfRow } from './worker.ts';

export type { Policed, ZipfRow } from './worker.ts';

/** As many as the gateway keeps unless it is told otherwise. */
export const ENTRIES = 1_000;
export const UNIVERSE = 20_000;
/** As a nightly batch or an evaluation asks: every call once. */
export const SCAN = { every: 10_000, length: 1_000 };
const ALPHAS = [0.9, 1, 1.1];
const DEADLINE_MS = 300_000;

export async function zipf(quick: boolean): Promise<ZipfRow[]> {
  const trace = { ranked: quick ? 200_000 : 1_000_000, universe: UNIVERSE };
  const traces = [null, SCAN].flatMap((scan) => ALPHAS.map((alpha) => ({ ...trace, alpha, scan })));
  const job: ZipfJob = { entries: ENTRIES, traces, rounds: quick ? 5 : 9 };
  try {
    const worker = await ready({
      name: 'zipf',
      run: moduleAt('zipf/worker.ts'),
      core: CORE.tested,
      env: {},
    });
    return (await worker.ask(job, DEADLINE_MS)) as ZipfRow[];
  } finally {
    await stopAll();
  }
}
