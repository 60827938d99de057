/** What do limits, budgets and a ledger in a Redis Cluster add to a call, from its first byte to its answer? */
import { requireAccounted, requireHold } from './accounts.ts';
import { type ContestantName, drive, type Job, type Rig, withRig } from './rig.ts';
import { type Contestant, cpuTurns, type Measured, startField, takeTurns } from './rounds.ts';
import { limitsJson } from './scenarios.ts';
import { type Spread, spread } from './statistics.ts';
import { GAP_MS } from './wire.ts';

export interface Delayed {
  readonly name: ContestantName;
  /** Milliseconds between an answer and the next call: with none, calls meet the settlement of the one before. */
  readonly pauseMs: number;
  /** Milliseconds from the call to its answer; of each round its median. */
  readonly medianMs: Spread;
  /** Of each round what 99 in 100 calls stay below. */
  readonly p99Ms: Spread;
  /** Of each round the median beyond that of the gateway without limits. */
  readonly addedMs: Spread;
}

/** What clients of the cluster sent for a call, by name. */
export interface Commands {
  readonly name: ContestantName;
  readonly perCall: Readonly<Record<string, number>>;
}

export interface Limited {
  readonly delays: readonly Delayed[];
  readonly commands: readonly Commands[];
  readonly cpu: readonly Measured[];
}

const BASELINE = 'gateway';
/** A claim before the provider is asked and a settlement after, each also for all keys together where they are limited. */
const SCRIPTS_A_CALL: Readonly<Partial<Record<ContestantName, number>>> = {
  'gateway-limits': 2,
  'gateway-limits-global': 4,
};
/** On a busy machine a node may take longer than the gateway waits for it, which then decides some calls by itself. */
const TOLERATED_ALONE = 0.05;
const PAUSES_MS = [0, 5] as const;
const ONE_BY_ONE = {
  stream: false,
  connections: 1,
  distinct: null,
  rampMs: 0,
  deadlineMs: 60_000,
  from: 'upstream',
} as const;
const COUNTED: Job = { ...ONE_BY_ONE, pauseMs: 0, each: 500 };

/** @throws Error on a broken answer, and on calls that the cluster did not decide, or that were not accounted. */
export function limited(quick: boolean): Promise<Limited> {
  const scenario = limitsJson(quick);
  return withRig({ gapMs: GAP_MS, redis: 'cluster' }, async (rig) => {
    const field = await startField(rig, scenario.field, scenario.before);
    const delays: Delayed[] = [];
    for (const pauseMs of PAUSES_MS) {
      const work = () => delaysOf(rig, field, pauseMs, quick);
      delays.push(...(await decidedByCluster(rig, field, work)));
    }
    const cpu = await decidedByCluster(rig, field, () => cpuTurns(rig, field, scenario));
    const limiting = field.filter(({ name }) => name !== BASELINE);
    const commands: Commands[] = [];
    for (const one of limiting) commands.push(await commandsOf(rig, one));
    for (const { name, child } of limiting) {
      await requireAccounted(name, child, rig.answered.get(child) ?? 0);
      await requireHold(name, child);
    }
    return { delays, commands, cpu };
  });
}

/** Scripts that calls so far should have cost, and those that the nodes have run. */
async function scriptsSoFar({ answered, cluster }: Rig, field: readonly Contestant[]) {
  const due = field.map(({ name, child }) => (SCRIPTS_A_CALL[name] ?? 0) * (answered.get(child) ?? 0));
  return { due: due.reduce((sum, one) => sum + one, 0), run: (await cluster?.scripts()) ?? 0 };
}

/** A gateway that gave up its Redis for a while answers as before, only sooner: that must not be taken for speed. */
async function decidedByCluster<T>(
  rig: Rig,
  field: readonly Contestant[],
  work: () => Promise<T>,
): Promise<T> {
  const before = await scriptsSoFar(rig, field);
  const value = await work();
  const after = await scriptsSoFar(rig, field);
  const [due, run] = [after.due - before.due, after.run - before.run];
  if (run >= due * (1 - TOLERATED_ALONE)) return value;
  throw new Error(
    `the cluster ran ${run} scripts for calls that need ${due}: it was not asked about the rest`,
  );
}

async function delaysOf(
  rig: Rig,
  field: readonly Contestant[],
  pauseMs: number,
  quick: boolean,
): Promise<Delayed[]> {
  const job: Job = { ...ONE_BY_ONE, pauseMs, each: quick ? 200 : 500 };
  const all = await takeTurns(field, quick ? 5 : 9, async (child) => {
    const { result } = await drive(rig, child, job);
    return result.firstByteMs;
  });
  const base = all.find(({ name }) => name === BASELINE)?.turns ?? [];
  return all.map(({ name, turns }) => ({
    name,
    pauseMs,
    medianMs: spread(turns.map(({ median }) => median)),
    p99Ms: spread(turns.map(({ p99 }) => p99)),
    addedMs: spread(turns.map(({ median }, round) => median - (base[round]?.median ?? Number.NaN))),
  }));
}

async function commandsOf(rig: Rig, { name, child }: Contestant): Promise<Commands> {
  const counts = (await rig.cluster?.count(() => drive(rig, child, COUNTED))) ?? {};
  const calls = COUNTED.connections * COUNTED.each;
  const perCall = Object.entries(counts).map(([command, count]) => [command, count / calls]);
  return { name, perCall: Object.fromEntries(perCall) };
}
