import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { Reply, StreamPart } from '../hub/reply.ts';
import { assistant, eventsIn, replyContext, replyOf, sseOf, user, written } from './testing.ts';
import { responsesClient } from './translator.ts';

/** OpenAI's published schema, which is beside the project and not a part of it. */
const SPEC = fileURLToPath(new URL('../../../../shared/specs/openai.relaxed.schema.json', import.meta.url));

function schema(name: string): ValidateFunction {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(spec);
  const validate = ajv.getSchema(`${spec.$id}#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

/** The schemas are strict where providers are not: a null stands for an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  expect(validate(withoutNulls(value)), JSON.stringify([value, validate.errors], null, 1)).toBe(true);
}

const at = '';
const usage = {
  input: 3,
  cacheRead: 4,
  cacheWrite: 5,
  cacheWrite1h: 0,
  output: 7,
  reasoning: 2,
  estimated: false,
};
const seal = { origin: 'anthropic', provider: 'anthropic', data: 'sig==' } as const;
const call = (id: string, kind: 'function' | 'custom' = 'function'): AssistantPart => ({
  type: 'tool_call',
  id,
  name: 'f',
  arguments: '{"a":1}',
  kind,
  at,
});

const REPLIES: [string, Partial<Reply>][] = [
  ['text', { usage }],
  ['nothing', { content: [] }],
  ['a cut', { finish: { reason: 'length', stopSequence: null } }],
  ['a filter', { content: [], finish: { reason: 'content_filter', stopSequence: null } }],
  ['a refusal', { content: [{ type: 'refusal', text: 'no', at }] }],
  [
    'everything',
    {
      usage,
      serviceTier: 'standard',
      finish: { reason: 'tool_calls', stopSequence: null },
      content: [
        { type: 'reasoning', text: 'hm', seal, at },
        { type: 'reasoning', text: '', seal, at },
        { type: 'text', text: 'a', citations: [{ kind: 'url', url: 'https://x.example', title: 't' }], at },
        { type: 'text', text: 'b', at },
        {
          type: 'server_tool',
          id: 's',
          name: 'web_search',
          phase: 'call',
          raw: { input: { query: 'q' } },
          at,
        },
        call('a'),
        call('b', 'custom'),
        { type: 'text', text: 'c', at },
      ],
    },
  ],
];

const request: JsonObject = {
  model: 'm',
  input: 'hello',
  tools: [{ type: 'function', name: 'f', parameters: {}, strict: true }],
  text: { verbosity: 'low' },
};

describe.skipIf(!existsSync(SPEC))(`OpenAI's published schema accepts (needs ${SPEC})`, () => {
  it.each(REPLIES)('an answer of %s', (_, said) => {
    expectValid(schema('Response'), responsesClient.writeReply(replyOf(said), replyContext(request)));
  });

  it.each(REPLIES)('case 7: every event of a stream of %s', (_, said) => {
    const validate = schema('ResponseStreamEvent');
    for (const event of eventsIn(sseOf(partsOf(replyOf(said)), request))) expectValid(validate, event);
  });

  it('case 12: a failure in a stream', () => {
    const error = { status: 429, type: 'rate_limit_error', code: null, message: 'slow', param: null };
    const validate = schema('ResponseStreamEvent');
    for (const event of eventsIn(sseOf([{ type: 'error', error }]))) expectValid(validate, event);
  });

  it('a request for a provider', () => {
    const { body } = written(
      {
        stream: true,
        messages: [
          { role: 'system', origin: 'top', content: [{ type: 'text', text: 'x', at }], at },
          { role: 'system', origin: 'developer', content: [{ type: 'text', text: 'x', at }], at },
          {
            role: 'user',
            at,
            content: [
              { type: 'text', text: 'x', at },
              { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, at },
              { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA' }, at },
            ],
          },
          assistant([
            {
              type: 'reasoning',
              text: 'hm',
              seal: { origin: 'openai', provider: null, data: 'g', id: 'rs_1' },
              at,
            },
            call('a'),
            call('b', 'custom'),
          ]),
          {
            role: 'user',
            at,
            content: [
              { type: 'tool_result', callId: 'a', content: [], isError: false, kind: 'function', at },
              { type: 'tool_result', callId: 'b', content: [], isError: true, kind: 'custom', at },
            ],
          },
          user('go on'),
        ],
        tools: [
          { kind: 'function', name: 'f', schema: null, strict: null, at },
          { kind: 'custom', name: 'p', format: null, at },
          { kind: 'web_search', maxUses: 2, at },
        ],
        toolChoice: { type: 'allowed', mode: 'auto', names: ['f', 'p'] },
        responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
        reasoning: { effort: 'high', summary: 'auto' },
        maxOutputTokens: 99,
        serviceTier: 'flex',
      },
      'gpt-5.2',
    );
    expectValid(schema('CreateResponse'), body);
  });
});

describe('OpenAI’s own SDK', () => {
  const clientOf = (body: string, type: string): OpenAI =>
    new OpenAI({
      apiKey: 'k',
      maxRetries: 0,
      fetch: async () => new Response(body, { headers: { 'content-type': type } }),
    });
  const streamed = (parts: readonly StreamPart[]) =>
    clientOf(sseOf(parts, request), 'text/event-stream').responses.stream({ model: 'm', input: 'hello' });

  it.each(REPLIES)('puts a stream of %s together to the whole answer', async (_, said) => {
    const whole = responsesClient.writeReply(replyOf(said), replyContext(request));
    const client = clientOf(JSON.stringify(whole), 'application/json');
    const asked = await client.responses.create({ model: 'm', input: 'hello' });
    const final = await streamed(partsOf(replyOf(said))).finalResponse();
    expect(final.output_text).toBe(asked.output_text);
    expect(final).toMatchObject(whole);
    expect(asked).toMatchObject(whole);
  });

  it('reads blocks that interleave', async () => {
    const final = await streamed([
      { type: 'start', id: 'x', model: 'm', usage: null },
      { type: 'block_start', index: 0, block: { type: 'tool_call', id: 'a', name: 'f', kind: 'function' } },
      { type: 'block_start', index: 1, block: { type: 'tool_call', id: 'b', name: 'g', kind: 'function' } },
      { type: 'arguments_delta', index: 1, text: '{"b":' },
      { type: 'arguments_delta', index: 0, text: '{"a":1}' },
      { type: 'arguments_delta', index: 1, text: '2}' },
      { type: 'block_end', index: 1 },
      { type: 'block_end', index: 0 },
      { type: 'finish', finish: { reason: 'tool_calls', stopSequence: null }, usage },
    ]).finalResponse();
    expect(final.output).toMatchObject([
      { call_id: 'a', arguments: '{"a":1}' },
      { call_id: 'b', arguments: '{"b":2}' },
    ]);
  });

  it('case 12: raises what the provider said', async () => {
    const error = { status: 503, type: 'overloaded_error', code: null, message: 'try later', param: null };
    const parts: StreamPart[] = [...partsOf(replyOf()).slice(0, 3), { type: 'error', error }];
    await expect(streamed(parts).finalResponse()).rejects.toThrow('try later');
  });
});
