import type { Secrets } from '../src/ports/secrets.ts';
import { escapePart, unescapePart } from './key-part.ts';
import type { RunScript } from './script-runner.ts';

/** A Redis hash of sealed values by name. */
const SECRETS = 'le:s:credentials';

const GET = `return redis.call('hget', KEYS[1], ARGV[1])`;
const PUT = `return redis.call('hset', KEYS[1], ARGV[1], ARGV[2])`;
const REPLACE = `
if redis.call('hget', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
return 1`;
const DELETE = `return redis.call('hdel', KEYS[1], ARGV[1])`;
const NAMES = `return redis.call('hkeys', KEYS[1])`;

/** Secrets in a Redis, which sees no more of them than what was sealed. Values are written in ASCII. */
export function createScriptedSecrets(run: RunScript): Secrets {
  return {
    async get(name) {
      const value = await run(GET, [SECRETS], [escapePart(name)]);
      return typeof value === 'string' ? unescapePart(value) : null;
    },
    async put(name, value) {
      await run(PUT, [SECRETS], [escapePart(name), escapePart(value)]);
    },
    async replace(name, before, after) {
      const args = [name, before, after].map(escapePart);
      return (await run(REPLACE, [SECRETS], args)) === 1;
    },
    async delete(name) {
      await run(DELETE, [SECRETS], [escapePart(name)]);
    },
    async names() {
      const names = await run(NAMES, [SECRETS], []);
      return Array.isArray(names) ? names.map((name) => unescapePart(String(name))) : [];
    },
  };
}
