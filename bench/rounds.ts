/** Takes turns: every contestant once in each round, in alternating order, so that drift of the machine hits all alike. */
import type { Child } from './children.ts';
import { type ContestantName, drive, type Job, type Rig, startContestant, withRig } from './rig.ts';
import type { Scenario } from './scenarios.ts';
import { GAP_MS } from './wire.ts';

/** CPU microseconds per unit, one number a round. */
export interface Measured {
  readonly name: ContestantName;
  readonly micros: number[];
}

export interface Contestant {
  readonly name: ContestantName;
  readonly child: Child;
}

/** Each in its process, after its part of `before`. */
export async function startField(
  rig: Rig,
  names: readonly ContestantName[],
  before: readonly Job[],
): Promise<Contestant[]> {
  const field = [];
  for (const name of names) {
    const child = await startContestant(rig, name);
    for (const job of before) await drive(rig, child, job);
    field.push({ name, child });
  }
  return field;
}

/** One round more than counts: the first was seen to cost up to twice the later ones, warm-up or not. */
export async function takeTurns<T>(
  field: readonly Contestant[],
  rounds: number,
  turn: (child: Child) => Promise<T>,
): Promise<{ readonly name: ContestantName; readonly turns: T[] }[]> {
  const all = field.map(({ name, child }) => ({ name, child, turns: [] as T[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) one.turns.push(await turn(one.child));
  }
  return all.map(({ name, turns }) => ({ name, turns: turns.slice(1) }));
}

/** CPU time of the scenario's job by each of a field that has been started. */
export async function cpuTurns(
  rig: Rig,
  field: readonly Contestant[],
  { rounds, job, unit }: Pick<Scenario, 'rounds' | 'job' | 'unit'>,
): Promise<Measured[]> {
  const all = await takeTurns(field, rounds, async (child) => {
    const { cpuMicros, result } = await drive(rig, child, job);
    return cpuMicros / (unit === 'delta' ? result.deltas : result.completed);
  });
  return all.map(({ name, turns }) => ({ name, micros: turns }));
}

/** @throws Error on a broken answer; slowness is never an error. */
export function measure(scenario: Scenario): Promise<Measured[]> {
  const redis = scenario.needsRedis ? 'one' : 'none';
  return withRig({ gapMs: GAP_MS, redis }, async (rig) =>
    cpuTurns(rig, await startField(rig, scenario.field, scenario.before), scenario),
  );
}
