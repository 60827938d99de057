import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithRedis, type RedisCluster, startRedisCluster } from './redis-cluster.ts';
import { until } from './wait.ts';

const run = promisify(execFile);
const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);

/** The answer of `redis-cli -c`, which follows redirects; errors come back as text. */
async function ask(port: number, ...command: string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-c', '-h', '127.0.0.1', '-p', String(port), ...command], {
    timeout: 5000,
  }).catch((error: { stdout?: string; message: string }) => ({ stdout: error.stdout || error.message }));
  return stdout.trim();
}

function portOf(cluster: RedisCluster, index: number): number {
  return cluster.nodes[index]?.port ?? 0;
}

const answers = (cluster: RedisCluster, index: number) =>
  Promise.all(keys.map((key) => ask(portOf(cluster, index), 'get', key)));

describeWithRedis('a Redis Cluster for tests', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());

  it('owns every slot and serves every key from every node', async () => {
    expect(await ask(portOf(cluster, 1), 'cluster', 'info')).toContain('cluster_slots_assigned:16384');
    const written = await Promise.all(keys.map((key) => ask(portOf(cluster, 0), 'set', key, `of ${key}`)));
    expect(new Set(written)).toEqual(new Set(['OK']));
    expect(await answers(cluster, 2)).toEqual(keys.map((key) => `of ${key}`));
  });

  it('keeps serving two thirds of the keys when a node dies, and takes it back empty', async () => {
    const dead = cluster.nodes[0]?.pid ?? -1;
    cluster.kill(0);
    await until(
      'the others hold it for failed',
      async () => (await ask(portOf(cluster, 1), 'cluster', 'nodes')).includes(' master,fail '),
      { deadlineMs: 20_000, everyMs: 100 },
    );
    const served = (await answers(cluster, 1)).filter((answer) => answer.startsWith('of '));
    expect(served.length).toBeGreaterThan(keys.length / 3);
    expect(served.length).toBeLessThan(keys.length);
    expect(await ask(portOf(cluster, 1), 'cluster', 'info')).toContain('cluster_state:ok');

    await cluster.restart(0);
    expect(cluster.nodes[0]?.pid).not.toBe(dead);
    const after = await answers(cluster, 0);
    expect(after.filter((answer) => answer.startsWith('of '))).toHaveLength(served.length);
    expect(after.filter((answer) => answer === '')).toHaveLength(keys.length - served.length);
  }, 60_000);

  it('leaves no process behind', async () => {
    const pids = cluster.nodes.map(({ pid }) => pid);
    await cluster.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('refuses an index that no node has', () => {
    expect(() => cluster.kill(7)).toThrow(RangeError);
  });
});
