import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHAT_REPLY } from '../support/black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { type Load, load, quantile, type Stretch, together } from './cache-load.ts';
import { startCached } from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

const KEYS = 60;
const ENOUGH = 2_500;
/** What a fault may add to the time of the slowest hundredth of the calls, against a gateway without any cache. */
const ADDED_P99_MS = 25;
/** How far two gateways without a fault are apart while other tests share their cores. */
const NOISE_MS = 15;
/** No call waits for more than a few operations of Redis, 50 ms each, whatever happens. */
const ADDED_AT_MOST_MS = 300;

describeWithRedis('a gateway whose Redis Cluster is in trouble', () => {
  let cluster: RedisCluster;
  let upstream: FaultUpstream;
  let control: NodeGateway;
  let gateway: NodeGateway;
  let running: Load;
  const all = [0, 1, 2];

  const kill = (signal?: NodeJS.Signals) => {
    for (const i of all) cluster.kill(i, signal);
  };
  const restart = () => Promise.all(all.map((i) => cluster.restart(i)));

  /** One gateway for all that happens, which starts before its cluster does. */
  beforeAll(async () => {
    const starting = [startRedisCluster(), startFaultUpstream(json(200, CHAT_REPLY))] as const;
    [cluster, upstream] = await Promise.all(starting);
    kill();
    const env = {
      REDIS_CLUSTER_NODES: cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
      // So that next to all calls go to Redis.
      L1_CACHE_SIZE: '1',
    };
    [gateway, control] = await Promise.all([
      startCached(upstream.url, env),
      startCached(upstream.url, { CACHE_MODE: 'off' }),
    ]);
    running = load(gateway, { control, keys: KEYS, callers: 8 });
  });
  afterAll(async () => {
    await running?.stop();
    await Promise.all([gateway?.close(), control?.close()]);
    await Promise.all([upstream?.close(), cluster?.stop()]);
  });

  /** Waits until calls look so. What is true of all on the way: an answer, and in time. */
  async function sees(label: string, looks: (last: Stretch, all: Stretch) => boolean) {
    running.take();
    const stretches: Stretch[] = [];
    const look = () => {
      const last = running.take();
      stretches.push(last);
      return looks(last, together(stretches));
    };
    await until(label, look, { deadlineMs: 30_000, everyMs: 100 });
    const all = together(stretches);
    const of = (part: number) => ({ ours: quantile(all.times, part), control: quantile(all.control, part) });
    const [p99, slowest] = [of(0.99), of(1)];
    console.log(
      `${label}: ${all.times.length} calls, ${all.hits} hits,`,
      `p99 ${p99.ours.toFixed(1)} ms (without a cache ${p99.control.toFixed(1)}),`,
      `slowest ${slowest.ours.toFixed(0)} ms (${slowest.control.toFixed(0)})`,
    );
    expect(all.failed, label).toEqual([]);
    expect(slowest.ours - slowest.control, label).toBeLessThan(ADDED_AT_MOST_MS);
    return { hits: all.hits, added: p99.ours - p99.control };
  }

  const enough = (_: Stretch, { times }: Stretch) => times.length >= ENOUGH;
  const allHits = ({ times, hits }: Stretch) => times.length >= KEYS && hits === times.length;

  it('answers before there is one, and finds it when it comes', async () => {
    await sees('there is none, and code is warming up', (_, { times }) => times.length >= 1_000);
    const { added } = await sees('there is none', enough);
    expect(added).toBeLessThan(ADDED_P99_MS + NOISE_MS);
    await restart();
    await sees('it is there', allHits);
  }, 60_000);

  it('answers while a node is gone, and finds what it keeps when that is back, empty', async () => {
    cluster.kill(1);
    const { hits, added } = await sees('a node is gone', enough);
    expect(added).toBeLessThan(ADDED_P99_MS + NOISE_MS);
    expect(hits).toBeGreaterThan(0);
    await cluster.restart(1);
    await sees('it is back', allHits);
  }, 60_000);

  it('answers while a node hangs, and finds what it keeps when that goes on', async () => {
    cluster.kill(2, 'SIGSTOP');
    const { hits, added } = await sees('a node hangs', enough);
    expect(added).toBeLessThan(ADDED_P99_MS + NOISE_MS);
    expect(hits).toBeGreaterThan(0);
    cluster.kill(2, 'SIGCONT');
    await sees('it goes on', allHits);
  }, 60_000);

  it('answers while every node hangs', async () => {
    kill('SIGSTOP');
    const { added } = await sees('all hang', enough);
    expect(added).toBeLessThan(ADDED_P99_MS + NOISE_MS);
    kill('SIGCONT');
    await sees('they go on', allHits);
  }, 60_000);

  it('answers when all are gone, and finds them when they come back, empty', async () => {
    kill();
    const { added } = await sees('all are gone', enough);
    expect(added).toBeLessThan(ADDED_P99_MS + NOISE_MS);
    await restart();
    await sees('they are back', allHits);
  }, 60_000);
});
