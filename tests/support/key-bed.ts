import { SECRETS } from './black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from './fault-upstream.ts';
import type { Runtime } from './gateway.ts';
import { type RedisCluster, startRedisCluster } from './redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from './upstash-server.ts';

/** What a gateway with a store of its own needs beside it: a Redis, Upstash's API in front of it, and an upstream. */
export interface KeyBed {
  readonly redis: RedisCluster;
  readonly upstash: UpstashServer;
  readonly upstream: FaultUpstream;
  /** Settings by which a gateway of that runtime finds them, both providers with a key. */
  env(runtime: Runtime): Record<string, string>;
  stop(): Promise<void>;
}

export async function startKeyBed(reply: unknown): Promise<KeyBed> {
  const redis = await startRedisCluster({ nodes: 1 });
  const [node] = redis.nodes;
  if (node === undefined) throw new Error('no Redis');
  const upstash = await startUpstashServer(node);
  const upstream = await startFaultUpstream(json(200, reply));
  const stores = {
    node: { REDIS_URL: `redis://${node.host}:${node.port}` },
    workerd: { UPSTASH_REDIS_REST_URL: upstash.url, UPSTASH_REDIS_REST_TOKEN: upstash.token },
  };
  return {
    redis,
    upstash,
    upstream,
    env: (runtime) => ({
      OPENAI_API_KEY: SECRETS.openai,
      OPENAI_BASE_URL: `${upstream.url}/v1`,
      ANTHROPIC_API_KEY: SECRETS.anthropic,
      ANTHROPIC_BASE_URL: upstream.url,
      ...stores[runtime],
    }),
    async stop() {
      await upstream.close();
      await upstash.close();
      await redis.stop();
    },
  };
}
