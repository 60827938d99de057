import type { KeyStore } from '../src/ports/key-store.ts';
import { escapePart } from './key-part.ts';
import { readKeyRecord, writeKeyRecord } from './key-record.ts';
import type { RunScript } from './script-runner.ts';

/** The tag ties all of them to one slot, so that a record, its hashes and its places in lists change together. */
const BY_ID = 'le:k:{keys}:id';
const BY_HASH = 'le:k:{keys}:hash';
const ALL = 'le:k:{keys}:all';
const ofTenant = (tenant: string) => `le:k:{keys}:tenant:${escapePart(tenant)}`;

const FIND = `
local id = redis.call('hget', KEYS[1], ARGV[1])
return id and redis.call('hget', KEYS[2], id)`;

const GET = `return redis.call('hget', KEYS[1], ARGV[1])`;

/** ARGV: id, version before, record, its hashes. Hashes that it had and has no more are let go. */
const PUT = `
local id = ARGV[1]
local old = redis.call('hget', KEYS[1], id)
old = old and cjson.decode(old)
if (old and old.version or 0) ~= tonumber(ARGV[2]) then return 0 end
for i = 4, #ARGV do
  local owner = redis.call('hget', KEYS[2], ARGV[i])
  if owner and owner ~= id then return 0 end
end
if old then
  redis.call('hdel', KEYS[2], old.hash)
  for _, former in ipairs(old.former) do redis.call('hdel', KEYS[2], former.hash) end
end
redis.call('hset', KEYS[1], id, ARGV[3])
for i = 4, #ARGV do redis.call('hset', KEYS[2], ARGV[i], id) end
redis.call('zadd', KEYS[3], 0, id)
redis.call('zadd', KEYS[4], 0, id)
return 1`;

const DELETE = `
local old = redis.call('hget', KEYS[1], ARGV[1])
if not old then return 0 end
old = cjson.decode(old)
redis.call('hdel', KEYS[2], old.hash)
for _, former in ipairs(old.former) do redis.call('hdel', KEYS[2], former.hash) end
redis.call('hdel', KEYS[1], ARGV[1])
redis.call('zrem', KEYS[3], ARGV[1])
redis.call('zrem', KEYS[4], ARGV[1])
return 1`;

/** Pairs of id and record, as many as asked for: a record that cannot be read must not end the list. */
const LIST = `
local ids = redis.call('zrangebylex', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
if #ids == 0 then return {} end
local records = redis.call('hmget', KEYS[2], unpack(ids))
local pairs = {}
for i, id in ipairs(ids) do
  pairs[#pairs + 1] = id
  pairs[#pairs + 1] = records[i] or ''
end
return pairs`;

/**
 * Keys in a Redis: one trip for each operation, but for `delete`.
 * @param runFind for `find`, for which callers wait; all else is an operator's.
 */
export function createScriptedKeyStore(run: RunScript, runFind: RunScript = run): KeyStore {
  async function get(id: string) {
    return readKeyRecord(await run(GET, [BY_ID], [id]));
  }

  return {
    async find(hash) {
      return readKeyRecord(await runFind(FIND, [BY_HASH, BY_ID], [hash]));
    },
    get,
    async put(record) {
      const { id, version, tenant, hash, former } = record;
      const hashes = [hash, ...former.map((old) => old.hash)];
      const keys = [BY_ID, BY_HASH, ALL, ofTenant(tenant)];
      return (await run(PUT, keys, [id, version - 1, writeKeyRecord(record), ...hashes])) === 1;
    },
    async delete(id) {
      const record = await get(id);
      if (record !== null) await run(DELETE, [BY_ID, BY_HASH, ALL, ofTenant(record.tenant)], [id]);
    },
    async list({ tenant, after, limit }) {
      const from = after === null ? '-' : `(${after}`;
      const index = tenant === null ? ALL : ofTenant(tenant);
      const rows = rowsOf(await run(LIST, [index, BY_ID], [from, limit + 1]));
      const page = rows.slice(0, limit);
      return {
        records: page.flatMap(({ record }) => readKeyRecord(record) ?? []),
        next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  };
}

function rowsOf(reply: unknown): { readonly id: string; readonly record: unknown }[] {
  const parts = Array.isArray(reply) ? reply : [];
  return Array.from({ length: parts.length / 2 }, (_, i) => ({
    id: String(parts[2 * i]),
    record: parts[2 * i + 1],
  }));
}
