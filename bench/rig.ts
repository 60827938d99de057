/** One mock upstream, one load client, a Redis or a cluster of them where one is needed, and the processes under test. */
import { fileURLToPath } from 'node:url';
import { type Child, type ChildSpec, CORE, freePort, start, stopAll } from './children.ts';
import { type Around, BENCH_KEY, type GatewayName, gatewaySpec, isGateway } from './contestants/gateway.ts';
import { cpuMicros } from './cpu.ts';
import type { LoadJob, LoadResult } from './load.ts';
import { startRedis } from './redis.ts';
import { type Cluster, startCluster } from './redis-cluster.ts';
import type { UpstreamCounts } from './upstream.ts';

export type ContestantName = 'hono-relay' | 'http-pipe' | 'hono-map' | 'hono-redis' | GatewayName;

export interface Rig {
  readonly upstream: Child;
  readonly load: Child;
  readonly redis: Child | null;
  readonly cluster: Cluster | null;
  /** Whole answers that each process gave so far. */
  readonly answered: Map<Child, number>;
}

export interface RigNeeds {
  /** Milliseconds between two deltas of the upstream. */
  readonly gapMs: number;
  readonly redis: 'none' | 'one' | 'cluster';
}

export interface Job extends Omit<LoadJob, 'port' | 'key'> {
  /** Who is to answer: the upstream each call; a cache, and which tier if it is the gateway's; whoever can. */
  readonly from: 'upstream' | 'hit-l1' | 'hit-l2' | 'anyone';
}

/** What one job cost the process under test. */
export interface Sample {
  readonly cpuMicros: number;
  readonly result: LoadResult;
}

const GRACE_MS = 10_000;
/** On a busy machine a GET may take longer than the gateway waits for it, and some more are then not tried. */
const TOLERATED_MISSES = 0.05;

export function moduleAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export async function ready(spec: Omit<ChildSpec, 'port'>): Promise<Child> {
  return start({ ...spec, port: await freePort() });
}

/** Runs `work` between the start and the end of the rig. */
export async function withRig<T>({ gapMs, redis }: RigNeeds, work: (rig: Rig) => Promise<T>): Promise<T> {
  let cluster: Cluster | null = null;
  try {
    const env = { GAP_MS: String(gapMs) };
    const upstream = await ready({ name: 'upstream', run: moduleAt('upstream.ts'), core: CORE.rig, env });
    const load = await ready({ name: 'load', run: moduleAt('load.ts'), core: CORE.rig, env: {} });
    if (redis === 'cluster') cluster = await startCluster();
    const one = redis === 'one' ? await startRedis() : null;
    return await work({ upstream, load, redis: one, cluster, answered: new Map() });
  } finally {
    await stopAll();
    await cluster?.stop();
  }
}

export async function startContestant(rig: Rig, name: ContestantName): Promise<Child> {
  const upstream = `http://127.0.0.1:${rig.upstream.port}`;
  const redisUrl = rig.redis === null ? null : `redis://127.0.0.1:${rig.redis.port}`;
  const around: Around = { upstream, redisUrl, clusterNodes: rig.cluster?.nodes ?? null };
  if (isGateway(name)) return start(await gatewaySpec(name, around));
  return ready({
    name,
    run: moduleAt(`contestants/${name}.ts`),
    core: CORE.tested,
    env: { UPSTREAM: upstream, ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }) },
  });
}

async function upstreamCalls(rig: Rig): Promise<number> {
  const { whole, streams } = (await rig.upstream.ask({}, GRACE_MS)) as UpstreamCounts;
  return whole + streams;
}

/**
 * Drives one job through `tested` and reads what it cost.
 * @throws Error when an answer was not 200, a frame was lost, or something else answered than should.
 */
export async function drive(rig: Rig, tested: Child, { from, ...load }: Job): Promise<Sample> {
  const calls = load.connections * load.each;
  const sentBefore = await upstreamCalls(rig);
  const cpuBefore = cpuMicros(tested.pid);
  const order: LoadJob = { ...load, port: tested.port, key: BENCH_KEY };
  const result = (await rig.load.ask(order, load.deadlineMs + GRACE_MS)) as LoadResult;
  const cpu = cpuMicros(tested.pid) - cpuBefore;
  const sent = (await upstreamCalls(rig)) - sentBefore;
  if (result.faults.length > 0 || result.completed !== calls) {
    const faults = result.faults.join('; ');
    throw new Error(
      `broken answers (${result.completed} of ${calls} whole): ${faults}; ${tested.lastWords()}`,
    );
  }
  rig.answered.set(tested, (rig.answered.get(tested) ?? 0) + calls);
  if (from === 'upstream') requireRelayed(sent, calls);
  else if (from !== 'anyone') requireHits(from, sent, result, calls);
  return { cpuMicros: cpu, result };
}

function requireRelayed(sent: number, calls: number): void {
  if (sent !== calls)
    throw new Error(`the upstream answered ${sent} of ${calls} calls: the rest was not relayed`);
}

function requireHits(tier: string, sent: number, { cache }: LoadResult, calls: number): void {
  const elsewhere = Object.entries(cache).filter(([told]) => told !== tier);
  const others = elsewhere.reduce((sum, [, count]) => sum + count, 0);
  if (Math.max(sent, others) <= calls * TOLERATED_MISSES) return;
  throw new Error(
    `of ${calls} calls that a cache should have answered (${tier}), ${sent} reached the upstream: ${JSON.stringify(cache)}`,
  );
}
