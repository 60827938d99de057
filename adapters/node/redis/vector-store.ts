import { Command } from 'ioredis';
import type { Near, VectorQuery, VectorStore } from '../../../src/ports/vector-store.ts';
import { similarity } from '../../../src/semantic/vector.ts';
import { cacheKeys } from '../../cache-keys.ts';
import { toPx } from '../../cache-ttl.ts';
import { createRunRedis, type RedisOptions } from './guarded.ts';
import { packVector, unpackVector } from './packed-vector.ts';

export interface RedisVectorStoreOptions extends RedisOptions {
  /** Vectors of one scope. All of them are read by each search: 128 of 1,536 dimensions are 0.8 MB. */
  readonly maxInScope?: number;
}

const keys = cacheKeys('v1');
/** Rounding of 32-bit floats must not push equal vectors apart. */
const ROUNDING = 1e-6;

/**
 * Sets a vector (its key, the vector, now, the most that may be there, its PX). Of a vector there are two fields: `v:KEY`, and
 * `u:KEY` with the time at which it was found last. The hash lives as long as the longest of its vectors.
 */
const ADD = `redis.call('hset', KEYS[1], 'v:' .. ARGV[1], ARGV[2], 'u:' .. ARGV[1], ARGV[3])
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[5]) then redis.call('pexpire', KEYS[1], ARGV[5]) end
if redis.call('hlen', KEYS[1]) <= 2 * tonumber(ARGV[4]) then return 0 end
local fields = redis.call('hgetall', KEYS[1])
local oldest, at = nil, math.huge
for i = 1, #fields, 2 do
  local used = string.sub(fields[i], 1, 2) == 'u:' and tonumber(fields[i + 1])
  local key = string.sub(fields[i], 3)
  if used and used < at and key ~= ARGV[1] then oldest, at = key, used end
end
if oldest then redis.call('hdel', KEYS[1], 'v:' .. oldest, 'u:' .. oldest) end
return 1`;

/** Notes that a vector was found, if it is still there. */
const TOUCH = `if redis.call('hexists', KEYS[1], 'v:' .. ARGV[1]) == 1 then redis.call('hset', KEYS[1], 'u:' .. ARGV[1], ARGV[2]) end return 0`;

/** Vectors in one Redis or a Redis Cluster: a hash for each scope, which is compared whole. */
export function createRedisVectorStore(options: RedisVectorStoreOptions): VectorStore {
  const { clock, maxInScope = 128 } = options;
  const send = createRunRedis(options, 'Redis (vectors)', options.deadlineMs ?? 50);

  function run(name: string, ...args: (string | Buffer | number)[]): Promise<unknown> {
    return send(new Command(name, args));
  }

  return {
    async search(tenant, scope, query) {
      const hash = keys.vectors(tenant, scope);
      const near = nearest(vectorsIn(await run('hgetall', hash)), query, clock.now());
      // Nobody's answer waits for it, and what is not noted is only forgotten earlier.
      for (const { key } of near) run('eval', TOUCH, 1, hash, key, clock.now()).catch(() => {});
      return near;
    },
    async add(tenant, scope, { key, vector, facts }, ttlMs) {
      const hash = keys.vectors(tenant, scope);
      if (!(ttlMs > 0)) {
        await run('hdel', hash, `v:${key}`, `u:${key}`);
        return;
      }
      const now = clock.now();
      const packed = packVector({ vector, facts, endsAt: now + ttlMs });
      await run('eval', ADD, 1, hash, key, packed, now, maxInScope, toPx(ttlMs));
    },
  };
}

/** Keys and packed vectors of a hash, of which ioredis makes an object. */
function* vectorsIn(fields: unknown): Generator<[key: string, packed: Buffer], void> {
  if (typeof fields !== 'object' || fields === null) return;
  for (const [name, packed] of Object.entries(fields)) {
    if (name.startsWith('v:') && packed instanceof Buffer) yield [name.slice(2), packed];
  }
}

function nearest(
  vectors: Iterable<[key: string, packed: Buffer]>,
  { vector, threshold, count }: VectorQuery,
  now: number,
): Near[] {
  const found: Near[] = [];
  for (const [key, packed] of vectors) {
    const stored = unpackVector(packed);
    if (stored === null || stored.endsAt <= now) continue;
    const cosine = similarity(stored.vector, vector);
    if (cosine >= threshold - ROUNDING) {
      found.push({ key, facts: stored.facts, similarity: Math.min(1, cosine) });
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, count);
}
