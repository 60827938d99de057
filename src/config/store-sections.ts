import * as z from 'zod';
import { setting } from './setting.ts';
import * as v from './values.ts';

const MIB = 1024 ** 2;

/** What is kept of answers, and for how long. */
export const cache = z.strictObject({
  cache_mode: setting(v.choice(['all', 'deterministic', 'off']).default('all'), {
    env: 'CACHE_MODE',
    type: '`all`, `deterministic`, `off`',
    what: 'Which calls may be answered from the cache. `deterministic`: those with temperature 0 or a seed, and embeddings.',
  }),
  l1_cache_size: setting(v.integer(1, v.MAX_COUNT).default(1000), {
    env: 'L1_CACHE_SIZE',
    type: 'integer',
    what: 'Entries in the cache in memory.',
  }),
  l1_cache_bytes: setting(v.size().default(64 * MIB), {
    env: 'L1_CACHE_BYTES',
    type: 'size',
    what: 'Bytes in the cache in memory.',
  }),
  l1_ttl_seconds: setting(v.integer(1, v.MAX_COUNT).default(300), {
    env: 'L1_TTL_SECONDS',
    type: 'seconds',
    what: 'Life of an entry in memory.',
  }),
  enable_l2_cache: setting(v.flag().nullable().default(null), {
    env: 'ENABLE_L2_CACHE',
    type: 'boolean',
    what: 'The shared cache in Redis.',
    unset: 'on when a Redis is configured',
  }),
  l2_ttl_seconds: setting(v.integer(1, v.MAX_COUNT).default(3600), {
    env: 'L2_TTL_SECONDS',
    type: 'seconds',
    what: 'Life of an entry in Redis.',
  }),
  cache_stale_while_revalidate_seconds: setting(v.integer(0, v.MAX_COUNT).default(0), {
    env: 'CACHE_STALE_WHILE_REVALIDATE_SECONDS',
    type: 'seconds',
    what: 'How long after its life an answer is still given while a new one is fetched behind it.',
  }),
  cache_stale_if_error_seconds: setting(v.integer(0, v.MAX_COUNT).default(3600), {
    env: 'CACHE_STALE_IF_ERROR_SECONDS',
    type: 'seconds',
    what: 'How long after its life an answer is still better than an error of the provider.',
  }),
  cache_replay_pace_ms: setting(v.integer(0, 10_000).default(0), {
    env: 'CACHE_REPLAY_PACE_MS',
    type: 'milliseconds',
    what: 'Pause between the chunks of a stream from the cache. `0`: at once.',
  }),
});

function redisUrl() {
  return v.matching(
    /^rediss?:\/\/[^\s/?#]+(?:[/?]\S*)?$/,
    'must be a URL such as redis://redis:6379 or rediss://redis:6379',
  );
}

/** The stores that several processes share. */
export const redis = z.strictObject({
  redis_url: setting(redisUrl().nullable().default(null), {
    env: 'REDIS_URL',
    type: 'URL',
    what: 'One Redis (Node). It may hold a user name and a password. Beside `REDIS_CLUSTER_NODES` it says how to speak to the nodes (TLS, user, password).',
    unset: 'no Redis',
  }),
  ledger_redis_url: setting(redisUrl().nullable().default(null), {
    env: 'LEDGER_REDIS_URL',
    type: 'URL',
    what: 'A Redis of its own for limits and budgets (Node).',
    unset: 'the same as the cache',
  }),
  redis_cluster_nodes: setting(v.hostPorts().default([]), {
    env: 'REDIS_CLUSTER_NODES',
    type: 'list of host:port',
    what: 'Some nodes of a Redis Cluster (Node); the others are found.',
    unset: 'no cluster',
  }),
  redis_password: setting(v.secret().nullable().default(null), {
    env: 'REDIS_PASSWORD',
    type: 'secret',
    what: 'Password of Redis, if the URL has none.',
    unset: 'none',
  }),
  upstash_redis_rest_url: setting(v.httpUrl().nullable().default(null), {
    env: 'UPSTASH_REDIS_REST_URL',
    type: 'URL',
    what: 'Upstash Redis (Workers).',
    unset: 'no Upstash',
  }),
  upstash_redis_rest_token: setting(v.secret().nullable().default(null), {
    env: 'UPSTASH_REDIS_REST_TOKEN',
    type: 'secret',
    what: 'Token of Upstash Redis.',
    unset: 'none',
  }),
  upstash_vector_rest_url: setting(v.httpUrl().nullable().default(null), {
    env: 'UPSTASH_VECTOR_REST_URL',
    type: 'URL',
    what: 'Upstash Vector (Workers), for the semantic cache: an index whose metric is cosine, with the dimensions of `CACHE_SEMANTIC_MODEL`.',
    unset: 'each isolate remembers its own',
  }),
  upstash_vector_rest_token: setting(v.secret().nullable().default(null), {
    env: 'UPSTASH_VECTOR_REST_TOKEN',
    type: 'secret',
    what: 'Token of Upstash Vector.',
    unset: 'none',
  }),
});
