/** A Redis Cluster of three for the scenario of the limits: real, on loopback, beside the mock. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { CLAIM, NOTE, OVERDUE, SETTLE } from '../adapters/limit-scripts.ts';
import { CORE, pin } from './children.ts';

export interface Cluster {
  /** As `REDIS_CLUSTER_NODES` takes them. */
  readonly nodes: readonly string[];
  /** Scripts that all nodes have run so far. */
  scripts(): Promise<number>;
  /**
   * Counts the commands that all nodes get while `work` is done, by name; those of the limits by what they do. Nodes are
   * slower meanwhile, so it is nothing to measure beside.
   */
  count(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

const SCRIPTS = new Map(
  Object.entries({ claim: CLAIM, note: NOTE, settle: SETTLE, overdue: OVERDUE }).map(byHash),
);
const LOOPBACK = '127.0.0.1';
/** A call is settled after its answer. */
const SETTLED_MS = 200;

function byHash([name, text]: [string, string]): [string, string] {
  return [createHash('sha1').update(text).digest('hex'), name];
}

export async function startCluster(): Promise<Cluster> {
  // The module of the tests brings their runner with it, which scenarios without a cluster can do without.
  const { startRedisCluster } = await import('../tests/support/redis-cluster.ts');
  const { nodes, stop } = await startRedisCluster();
  for (const { pid } of nodes) pin(pid, CORE.rig);
  return {
    nodes: nodes.map(({ host, port }) => `${host}:${port}`),
    async scripts() {
      const counts = await Promise.all(nodes.map(({ port }) => scriptsOf(port)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async count(work) {
      const counts: Record<string, number> = {};
      const ears = await Promise.all(nodes.map(({ port }) => listen(port, counts)));
      await work();
      await sleep(SETTLED_MS);
      for (const ear of ears) ear.disconnect();
      return counts;
    },
    stop,
  };
}

async function scriptsOf(port: number): Promise<number> {
  const redis = new Redis(port, LOOPBACK);
  const stats = await redis.info('commandstats').finally(() => redis.disconnect());
  return Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

/** Of all commands INFO would not do: it also counts what scripts call, which is no round trip. */
async function listen(port: number, counts: Record<string, number>): Promise<Redis> {
  const redis = new Redis(port, LOOPBACK);
  const monitor = await redis.monitor();
  redis.disconnect();
  monitor.on('monitor', (_time: string, args: readonly string[], source: string) => {
    if (source === 'lua') return;
    const name = nameOf(args);
    counts[name] = (counts[name] ?? 0) + 1;
  });
  return monitor;
}

function nameOf([command = '', hash = '']: readonly string[]): string {
  const name = command.toLowerCase();
  return name === 'evalsha' ? (SCRIPTS.get(hash) ?? name) : name;
}
