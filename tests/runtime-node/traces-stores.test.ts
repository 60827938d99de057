import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadSpan } from '../contract/telemetry.ts';
import { CHAT_REPLY } from '../support/black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { call, fresh, startCached } from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

const WORDS = ['cache get', 'cache lease', 'cache set', 'limits claim', 'limits settle'];

describeWithRedis('the words of a call with its stores', () => {
  let cluster: RedisCluster;
  let upstream: FaultUpstream;
  let receiver: OtlpReceiver;
  let gateway: NodeGateway;

  beforeAll(async () => {
    [cluster, upstream, receiver] = await Promise.all([
      startRedisCluster(),
      startFaultUpstream(json(200, CHAT_REPLY)),
      startOtlpReceiver(),
    ]);
    gateway = await startCached(upstream.url, {
      REDIS_CLUSTER_NODES: cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
      ENABLE_TRACING: 'true',
      OTLP_ENDPOINT: receiver.url,
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), cluster?.stop(), receiver?.close()]);
  });

  function childrenOf(id: string): ReadSpan[] {
    const root = receiver.spans.find(({ attributes }) => attributes['llm_edge.request_id'] === id);
    return receiver.spans.filter(({ parentSpanId }) => root !== undefined && parentSpanId === root.spanId);
  }

  const wordsOf = (id: string) => childrenOf(id).filter(({ name }) => WORDS.includes(name));

  /** A call, and the words that it had with its stores; all of them, unless a store was too slow for the call to wait. */
  async function traced(): Promise<readonly ReadSpan[]> {
    const answer = await call(gateway, fresh());
    await answer.text();
    expect(answer.status).toBe(200);
    const id = String(answer.headers['x-request-id']);
    await until('the settlement is told', () => wordsOf(id).some(({ name }) => name === 'limits settle'), {
      deadlineMs: 15_000,
    });
    return wordsOf(id);
  }

  it('are spans below that of the request, those after the answer too', { timeout: 90_000 }, async () => {
    const words = await until(
      'a call has all of its words',
      async () => {
        const spans = await traced();
        return spans.length === WORDS.length && spans;
      },
      { deadlineMs: 60_000 },
    );
    expect(words.map(({ name }) => name).sort()).toEqual(WORDS);
    for (const { kind, startedAt, endedAt } of words) {
      expect(kind).toBe('internal');
      expect(endedAt).toBeGreaterThanOrEqual(startedAt);
    }
  });
});
