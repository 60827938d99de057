import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from './wait.ts';

setFlagsFromString('--expose-gc');
/** What the measuring itself takes, and gives back. */
const STILL_BYTES = 10_000;
const collect: () => void = runInNewContext('gc');

/** Bytes in use, on the heap and beside it, once all that is garbage is gone: buffers are given back a while after their owners. */
export async function usedMemory(): Promise<number> {
  let last = Number.POSITIVE_INFINITY;
  return until('the memory is given back', async () => {
    collect();
    await nextTurn();
    const { heapUsed, external } = process.memoryUsage();
    const isStill = heapUsed + external > last - STILL_BYTES;
    last = heapUsed + external;
    return isStill ? last : null;
  });
}
