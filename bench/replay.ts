/** How long does a client wait for the first byte of a stream that is replayed, when nobody else asks? */
import { type ContestantName, drive, type Job, withRig } from './rig.ts';
import { startField, takeTurns } from './rounds.ts';
import { type Spread, spread } from './statistics.ts';
import { GAP_MS } from './wire.ts';

export interface Replayed {
  readonly name: ContestantName;
  /** Milliseconds between an answer and the next call: with none, the process has no time to fall asleep. */
  readonly pauseMs: number;
  /** Milliseconds from the call to the first byte of the body; of each round its median. */
  readonly medianMs: Spread;
  /** Of each round what 99 in 100 calls stay below. */
  readonly p99Ms: Spread;
}

const ONE_CALL = { stream: true, connections: 1, distinct: 1, rampMs: 0, deadlineMs: 60_000 } as const;
const FILL: Job = { ...ONE_CALL, each: 1, pauseMs: 0, from: 'upstream' };
const WARMUP: Job = { ...ONE_CALL, each: 1_000, pauseMs: 0, from: 'hit-l1' };
const PAUSES_MS = [0, 5] as const;

/** @throws Error on a broken answer, or one that was not replayed. */
export function replay(quick: boolean): Promise<Replayed[]> {
  return withRig({ gapMs: GAP_MS, redis: 'none' }, async (rig) => {
    const field = await startField(rig, ['hono-map', 'gateway-l1'], [FILL, WARMUP]);
    const all: Replayed[] = [];
    for (const pauseMs of PAUSES_MS) {
      const job: Job = { ...WARMUP, pauseMs, each: quick ? 200 : 500 };
      const rounds = await takeTurns(field, quick ? 5 : 9, async (child) => {
        const { result } = await drive(rig, child, job);
        return result.firstByteMs;
      });
      for (const { name, turns } of rounds) {
        const medianMs = spread(turns.map(({ median }) => median));
        all.push({ name, pauseMs, medianMs, p99Ms: spread(turns.map(({ p99 }) => p99)) });
      }
    }
    return all;
  });
}
