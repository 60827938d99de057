/** Takes turns: every contestant once in each round, in alternating order, so that drift of the machine hits all alike. */
import type { Child } from './children.ts';
import { type ContestantName, drive, type Job, type Rig, startContestant, withRig } from './rig.ts';
import { GAP_MS } from './wire.ts';

export interface Scenario {
  readonly name: 'json' | 'stream';
  /** What `micros` is counted by. */
  readonly unit: 'request' | 'delta';
  readonly rounds: number;
  readonly warmup: Job;
  readonly job: Job;
}

/** CPU microseconds per unit, one number a round. */
export interface Measured {
  readonly name: ContestantName;
  readonly micros: number[];
}

const DEADLINE_MS = 60_000;

export function jsonScenario(quick: boolean): Scenario {
  const job = { stream: false, connections: 32, rampMs: 0, deadlineMs: DEADLINE_MS };
  return {
    name: 'json',
    unit: 'request',
    rounds: quick ? 5 : 15,
    warmup: { ...job, each: 500 },
    job: { ...job, each: quick ? 150 : 300 },
  };
}

export function streamScenario(quick: boolean): Scenario {
  const job = { stream: true, connections: 100, rampMs: GAP_MS, deadlineMs: DEADLINE_MS };
  return {
    name: 'stream',
    unit: 'delta',
    rounds: quick ? 5 : 11,
    warmup: { ...job, each: 2 },
    job: { ...job, each: quick ? 1 : 2 },
  };
}

async function perUnit(rig: Rig, tested: Child, scenario: Scenario): Promise<number> {
  const { cpuMicros, result } = await drive(rig, tested, scenario.job);
  return cpuMicros / (scenario.unit === 'delta' ? result.deltas : result.completed);
}

/** @throws Error on a broken answer; slowness is never an error. */
export function measure(scenario: Scenario, names: readonly ContestantName[]): Promise<Measured[]> {
  return withRig(GAP_MS, async (rig) => {
    const field = [];
    for (const name of names) {
      const child = await startContestant(rig, name);
      await drive(rig, child, scenario.warmup);
      field.push({ name, child, micros: [] as number[] });
    }
    // One round more than counts: the first was seen to cost up to twice the later ones, warm-up or not.
    for (let round = 0; round <= scenario.rounds; round++) {
      for (const one of round % 2 === 0 ? field : field.toReversed()) {
        one.micros.push(await perUnit(rig, one.child, scenario));
      }
    }
    return field.map(({ name, micros }) => ({ name, micros: micros.slice(1) }));
  });
}
