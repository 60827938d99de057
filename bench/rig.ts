/** One mock upstream, one load client and the processes under test, for the length of a scenario. */
import { fileURLToPath } from 'node:url';
import { type Child, type ChildSpec, CORE, freePort, start, stopAll } from './children.ts';
import { BENCH_KEY, gatewaySpec } from './contestants/gateway.ts';
import { cpuMicros } from './cpu.ts';
import type { LoadJob, LoadResult } from './load.ts';
import type { UpstreamCounts } from './upstream.ts';

export type ContestantName = 'hono-relay' | 'http-pipe' | 'gateway';

export interface Rig {
  readonly upstream: Child;
  readonly load: Child;
}

export type Job = Omit<LoadJob, 'port' | 'key'>;

/** What one job cost the process under test. */
export interface Sample {
  readonly cpuMicros: number;
  readonly result: LoadResult;
}

const GRACE_MS = 10_000;

function moduleAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function ready(spec: Omit<ChildSpec, 'port'>): Promise<Child> {
  return start({ ...spec, port: await freePort() });
}

/** Runs `work` between the start and the end of the rig. */
export async function withRig<T>(gapMs: number, work: (rig: Rig) => Promise<T>): Promise<T> {
  try {
    const env = { GAP_MS: String(gapMs) };
    const upstream = await ready({ name: 'upstream', file: moduleAt('upstream.ts'), core: CORE.rig, env });
    const load = await ready({ name: 'load', file: moduleAt('load.ts'), core: CORE.rig, env: {} });
    return await work({ upstream, load });
  } finally {
    await stopAll();
  }
}

export async function startContestant(rig: Rig, name: ContestantName): Promise<Child> {
  const upstream = `http://127.0.0.1:${rig.upstream.port}`;
  if (name === 'gateway') return start(await gatewaySpec(upstream));
  return ready({
    name,
    file: moduleAt(`contestants/${name}.ts`),
    core: CORE.tested,
    env: { UPSTREAM: upstream },
  });
}

async function upstreamCounts(rig: Rig): Promise<UpstreamCounts> {
  return (await rig.upstream.ask({}, GRACE_MS)) as UpstreamCounts;
}

/**
 * Drives one job through `tested` and reads what it cost.
 * @throws Error when an answer was not 200, a frame was lost, or a call never reached the upstream.
 */
export async function drive(rig: Rig, tested: Child, job: Job): Promise<Sample> {
  const calls = job.connections * job.each;
  const before = await upstreamCounts(rig);
  const cpuBefore = cpuMicros(tested.pid);
  const order: LoadJob = { ...job, port: tested.port, key: BENCH_KEY };
  const result = (await rig.load.ask(order, job.deadlineMs + GRACE_MS)) as LoadResult;
  const cpu = cpuMicros(tested.pid) - cpuBefore;
  const after = await upstreamCounts(rig);
  const sent = after.whole + after.streams - before.whole - before.streams;
  if (result.faults.length > 0 || result.completed !== calls) {
    const faults = result.faults.join('; ');
    throw new Error(
      `broken answers (${result.completed} of ${calls} whole): ${faults}; ${tested.lastWords()}`,
    );
  }
  if (sent !== calls)
    throw new Error(`the upstream answered ${sent} of ${calls} calls: the rest was not relayed`);
  return { cpuMicros: cpu, result };
}
