import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWebCryptoSha256 } from '../../adapters/memory/hash.ts';
import type { JsonObject } from '../domain/call.ts';
import { MAX_DEPTH } from './canonical.ts';
import { type CallIdentity, cacheKey, surroundings } from './identity.ts';
import { LEFT_OUT } from './left-out.ts';

const sha256 = createWebCryptoSha256();
const parse = (text: string) => JSON.parse(text) as JsonObject;

const base: CallIdentity = {
  tenant: 't',
  namespace: null,
  dialect: 'openai-chat',
  endpoint: 'chat',
  provider: 'openai',
  model: 'gpt-4o-mini',
  query: '',
  headers: new Headers(),
  body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'a' }], temperature: 0 },
};

const key = (parts: Partial<CallIdentity> = {}) => {
  const identity = { ...base, ...parts };
  return cacheKey(identity, surroundings(identity), sha256);
};
const keyOf = (body: JsonObject) => key({ body });

describe('equal calls', () => {
  it('have one key, which is a hash', async () => {
    expect(await key()).toMatch(/^[0-9a-f]{64}$/);
    expect(await key()).toBe(await key());
  });

  it('may name the model and order their members as they like', async () => {
    expect(await keyOf(parse('{"a":{"x":1,"y":2},"b":1}'))).toBe(
      await keyOf(parse('{"model":"m","b":1.0,"a":{"y":2,"x":10e-1}}')),
    );
  });

  it.each(
    Object.entries(LEFT_OUT).flatMap(([dialect, fields]) => Object.keys(fields).map((f) => [dialect, f])),
  )('of %s may differ in %s', async (dialect, field) => {
    const parts = { dialect: dialect as CallIdentity['dialect'] };
    const body = { ...base.body, [field as string]: { any: 'thing' } };
    expect(await key({ ...parts, body })).toBe(await key(parts));
  });

  it('may differ in headers that are not for the model', async () => {
    expect(await key({ headers: new Headers({ 'user-agent': 'x', authorization: 'y' }) })).toBe(await key());
  });
});

describe('calls that differ', () => {
  it.each([
    ['tenant', { tenant: 'u' }],
    ['namespace', { namespace: 'n' }],
    ['namespace, which may be called as none is', { namespace: 'null' }],
    ['dialect', { dialect: 'anthropic-messages' }],
    ['endpoint', { endpoint: 'completions' }],
    ['provider', { provider: 'azure' }],
    ['model', { model: 'gpt-4o' }],
    ['query', { query: '?api-version=1' }],
    ['version', { headers: new Headers({ 'anthropic-version': '2023-06-01' }) }],
    ['betas', { headers: new Headers({ 'anthropic-beta': 'x' }) }],
    ['another header of the same value', { headers: new Headers({ 'openai-beta': 'x' }) }],
  ] as const)('in their %s have other keys', async (_, parts) => {
    expect(await key(parts)).not.toBe(await key());
  });

  it.each([
    ['a field that nobody knows', '{"messages":[]}', '{"messages":[],"new_parameter":null}'],
    ['where a message ends', '{"messages":["ab","c"]}', '{"messages":["a","bc"]}'],
    ['how texts are split', '{"messages":["a","b"]}', '{"messages":["a\\",\\"b"]}'],
    ['the depth of a text', '{"a":"{}"}', '{"a":{}}'],
    ['the type of a value', '{"a":1}', '{"a":"1"}'],
    ['false, null and nothing', '{"a":false}', '{"a":null}'],
    ['unicode forms', '{"a":"\\u00e9"}', '{"a":"e\\u0301"}'],
    ['case', '{"temperature":1}', '{"Temperature":1}'],
    ['space in a text', '{"a":"b "}', '{"a":"b"}'],
    ['an odd name', '{"__proto__":{"temperature":1}}', '{}'],
    ['a left-out name inside', '{"a":{"user":"x"}}', '{"a":{"user":"y"}}'],
    ['the order of a list', '{"a":[1,2]}', '{"a":[2,1]}'],
  ])('in %s have other keys', async (_, one, other) => {
    expect(await keyOf(parse(one))).not.toBe(await keyOf(parse(other)));
  });

  it('cannot pass a part of the body for a part of the identity', async () => {
    expect(await key({ body: { ...base.body, tenant: 'u' } })).not.toBe(await key({ tenant: 'u' }));
    expect(await key({ tenant: 'a","namespace":"b' })).not.toBe(await key({ tenant: 'a', namespace: 'b' }));
  });

  it('have the key of another in no way', async () => {
    const names = fc.string({ maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(names, names, names), fc.tuple(names, names, names), async (a, b) => {
        const keys = await Promise.all(
          [a, b].map(([tenant, provider, model]) => key({ tenant, provider, model })),
        );
        expect(keys[0] === keys[1]).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('answers of the Responses API repeat', () => {
  it.each(['user', 'safety_identifier', 'metadata', 'prompt_cache_key'])(
    '%s, so it counts',
    async (field) => {
      const parts = { dialect: 'openai-responses', endpoint: 'responses' } as const;
      expect(await key({ ...parts, body: { ...base.body, [field]: 'x' } })).not.toBe(await key(parts));
    },
  );
});

it('a body that nests as deep as may be cached has a key', async () => {
  const levels = MAX_DEPTH - 1; // and the body itself
  expect(await keyOf(parse(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`))).not.toBeNull();
});

it('a body that nests too deep has no key', async () => {
  expect(await keyOf(parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`))).toBeNull();
});
