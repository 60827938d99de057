import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, JsonObject } from '../domain/call.ts';
import type { Provider, StreamUsage } from '../domain/provider.ts';
import { identityBody } from './identity.ts';
import { topLevelMembers } from './members.ts';

const encoder = new TextEncoder();

function run(text: string, model: string, streamUsage: StreamUsage = 'always') {
  const json = JSON.parse(text) as JsonObject;
  const call: Call = {
    endpoint: 'chat',
    dialect: 'openai-chat',
    model: String(json.model),
    stream: json.stream === true,
    body: { bytes: encoder.encode(text), text, json },
  };
  const provider = { streamUsage } as Provider;
  const { body, usageInjected } = identityBody(call, { provider, model });
  return {
    text: typeof body === 'string' ? body : new TextDecoder().decode(body),
    same: body === call.body.bytes,
    usageInjected,
  };
}

describe('identityBody', () => {
  it('sends the very same bytes when nothing is to change', () => {
    expect(run('{"model":"m","big":12345678901234567890,"a":1.0}', 'm').same).toBe(true);
  });

  it('changes the model and nothing else', () => {
    const text = '{ "a" : {"model":"no"}, "model" : "x/m" , "n":12345678901234567890, "e":"\\u00e9" }';
    expect(run(text, 'm').text).toBe(text.replace('"x/m"', '"m"'));
  });

  it('finds the model whatever stands before it', () => {
    const text = '{"s":"\\\\\\"}{","t":[[{"model":1}],"]"],"u":-1.5e3,"v":null,"m\\u006fdel":"x/m"}';
    expect(run(text, 'm').text).toBe(text.replace('"x/m"', '"m"'));
  });

  it('refuses two models that differ', () => {
    expect(() => run('{"model":"cheap","model":"dear"}', 'dear')).toThrow(/twice/);
    expect(() => run('{"model":"cheap","mod\\u0065l":"dear"}', 'dear')).toThrow(/twice/);
  });

  it('asks for usage where a stream needs it', () => {
    const { text, usageInjected } = run('{"model":"m","stream":true} ', 'm', 'on-request');
    expect(text).toBe('{"model":"m","stream":true,"stream_options":{"include_usage":true}} ');
    expect(usageInjected).toBe(true);
  });

  it.each([
    [
      '{"model":"m","stream":true,"stream_options":null}',
      '{"model":"m","stream":true,"stream_options":{"include_usage":true}}',
    ],
    [
      '{"model":"m","stream_options":{"include_usage":false,"x":1},"stream":true}',
      '{"model":"m","stream_options":{"include_usage":true,"x":1},"stream":true}',
    ],
  ])('edits stream_options that are there: %s', (text, expected) => {
    expect(run(text, 'm', 'on-request').text).toBe(expected);
  });

  it.each([
    ['{"model":"m","stream":true,"stream_options":{"include_usage":true}}', 'on-request'],
    ['{"model":"m","stream":true}', 'always'],
    ['{"model":"m"}', 'on-request'],
  ] as const)('leaves %s alone (%s)', (text, streamUsage) => {
    expect(run(text, 'm', streamUsage)).toMatchObject({ same: true, usageInjected: false });
  });
});

describe('topLevelMembers', () => {
  it('finds every member of any object', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 1, '\t'), (object, space) => {
        const text = JSON.stringify(object, null, space);
        const found = [...topLevelMembers(text)].map(({ key, start, end }) => [
          key,
          JSON.parse(text.slice(start, end)),
        ]);
        const expected = Object.entries(JSON.parse(text) as object);
        expect(new Map(found as [string, unknown][])).toEqual(new Map(expected));
        expect(found).toHaveLength(expected.length);
      }),
    );
  });

  it('takes deep nesting without a deep stack', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect([...topLevelMembers(`{"a":${deep},"model":"m"}`)].map(({ key }) => key)).toEqual(['a', 'model']);
  });
});

describe('a thread of Messages', () => {
  const text = '{"model":"m","max_tokens":1,"messages":[],"thread":{"type":"create"}}';
  const body = { text, json: JSON.parse(text) as JsonObject, bytes: encoder.encode(text) };
  const call: Call = { endpoint: 'messages', dialect: 'anthropic-messages', model: 'm', stream: false, body };
  const to = (threads?: true) => ({ provider: { id: 'p', threads } as Provider, model: 'm' });

  it('goes to Anthropic, and is refused for others in words that SDKs go on from', () => {
    expect(identityBody(call, to(true)).body).toBe(body.bytes);
    expect(() => identityBody(call, to())).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ unsupported: ['thread'] }) }),
    );
  });
});
