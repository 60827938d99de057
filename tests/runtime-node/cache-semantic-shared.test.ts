import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHAT_REPLY } from '../support/black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { ask, startCached } from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

/** A miss leaves nothing behind that would be the answer the next time. */
const onlyIfCached = { headers: { 'cache-control': 'only-if-cached' } };
const chat = (content: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });

describeWithRedis('the semantic cache of several gateways', () => {
  let redis: RedisCluster;
  let upstream: FaultUpstream;
  const gateways: NodeGateway[] = [];

  beforeAll(async () => {
    redis = await startRedisCluster({ nodes: 3 });
    upstream = await startFaultUpstream((context) =>
      context.request.path.endsWith('/embeddings')
        ? json(200, { data: [{ embedding: [1, 0] }], usage: { prompt_tokens: 1, total_tokens: 1 } })(context)
        : json(200, CHAT_REPLY)(context),
    );
    for (let i = 0; i < 2; i++) {
      gateways.push(
        await startCached(upstream.url, {
          CACHE_SEMANTIC: 'on',
          CACHE_SEMANTIC_MODEL: 'openai/text-embedding-3-small',
          CACHE_SEMANTIC_TIMEOUT_MS: '5000',
          REDIS_CLUSTER_NODES: redis.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
        }),
      );
    }
  }, 60_000);
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
    await upstream?.close();
    await redis?.stop();
  });

  it('answers in one what was asked, in other words, of the other', async () => {
    const [here, there] = gateways;
    if (here === undefined || there === undefined) throw new Error('not started');
    expect(await ask(here, chat('What is the capital of France?'))).toMatchObject({ status: 200 });
    await until(
      'the other has heard of it',
      async () => (await ask(there, chat("What's the capital of France?"), onlyIfCached)).cache === 'hit-l2',
      { deadlineMs: 20_000 },
    );
    expect(await ask(there, chat("What's the capital of Spain?"))).toMatchObject({ cache: 'miss' });
  }, 40_000);
});
