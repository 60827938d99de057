import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { OpenAIError } from 'openai/error';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { Stream } from 'openai/streaming';
import { describe, expect, it } from 'vitest';
import { catalogueRow } from '../../config/catalogue.ts';
import type { JsonObject } from '../../domain/call.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart, Conversation } from '../hub/conversation.ts';
import type { Reply, StreamPart } from '../hub/reply.ts';
import { chunksIn, replyContext, replyOf, sseOf, user, written } from './testing.ts';
import { chatClient } from './translator.ts';

const at = '';
const counts = {
  input: 9,
  cacheRead: 2,
  cacheWrite: 1,
  cacheWrite1h: 0,
  output: 3,
  reasoning: 1,
  estimated: false,
};
const withUsage = { stream_options: { include_usage: true } };
const seal = { origin: 'anthropic', provider: 'anthropic', data: 'sig' } as const;

const words: AssistantPart[] = [
  { type: 'reasoning', text: 'Hm.', seal, at },
  { type: 'text', text: 'See ', at },
  { type: 'text', text: 'there.', citations: [{ kind: 'url', url: 'https://a.example', title: 'A' }], at },
];
const calling: AssistantPart[] = [
  { type: 'text', text: 'I look.', at },
  { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"x": [1, 2]}', kind: 'function', at },
  { type: 'tool_call', id: 'call_2', name: 'g', arguments: '', kind: 'function', at },
];
const custom: AssistantPart[] = [
  { type: 'tool_call', id: 'call_1', name: 'g', arguments: 'free "text"', kind: 'custom', at },
];
const refused: AssistantPart[] = [{ type: 'refusal', text: 'No.', at }];

const REPLIES: readonly (readonly [string, Reply])[] = [
  ['words', replyOf({ content: words, usage: counts, serviceTier: 'standard' })],
  [
    'calls',
    replyOf({ content: calling, usage: counts, finish: { reason: 'tool_calls', stopSequence: null } }),
  ],
  ['a custom call', replyOf({ content: custom, finish: { reason: 'tool_calls', stopSequence: null } })],
  ['a refusal', replyOf({ content: refused, finish: { reason: 'refusal', stopSequence: null } })],
  ['nothing', replyOf({ content: [], finish: { reason: 'length', stopSequence: null } })],
];

const CONVERSATION: Partial<Conversation> = {
  stream: true,
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'Be kind.', at }], origin: 'developer', at },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look', at },
        {
          type: 'image',
          source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
          detail: 'low',
          at,
        },
        { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, at },
        { type: 'audio', format: 'wav', data: 'AAAA', at },
      ],
      at,
    },
    { role: 'assistant', content: calling, at },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          callId: 'call_1',
          content: [{ type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' }, at }],
          isError: true,
          kind: 'function',
          at,
        },
        {
          type: 'tool_result',
          callId: 'call_2',
          content: [{ type: 'text', text: 'ok', at }],
          isError: false,
          kind: 'function',
          at,
        },
      ],
      at,
    },
    { role: 'assistant', content: refused, at },
    user('again'),
  ],
  tools: [
    { kind: 'function', name: 'f', description: 'd', schema: { properties: {} }, strict: true, at },
    { kind: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'x' }, at },
    { kind: 'web_search', contextSize: 'low', userLocation: { type: 'approximate', city: 'Ulm' }, at },
  ],
  toolChoice: { type: 'tool', name: 'f' },
  parallelToolCalls: false,
  responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
  reasoning: { effort: 'high' },
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.5,
  stop: ['a', 'b'],
  verbosity: 'low',
  serviceTier: 'flex',
  userId: 'ann',
  promptCacheKey: 'k',
};

/** OpenAI's published schemas, which are beside the project and not a part of it. */
const SPEC = fileURLToPath(new URL('../../../../shared/specs/openai.relaxed.schema.json', import.meta.url));

function schema(name: string): ValidateFunction {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(spec);
  const validate = ajv.getSchema(`${spec.$id}#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

/** The schemas are strict where OpenAI is not: a null stands for an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  expect(validate(withoutNulls(value)), JSON.stringify([value, validate.errors], null, 1)).toBe(true);
}

describe.skipIf(!existsSync(SPEC))(`the published schemas accept (needs ${SPEC})`, () => {
  it('requests, in OpenAI’s own traits and in those of a server that imitates it', () => {
    const validate = schema('CreateChatCompletionRequest');
    const { body, unsupported } = written(CONVERSATION, catalogueRow('openai')?.chat);
    expectValid(validate, body);
    expect(unsupported).toEqual([]);
    expectValid(validate, written(CONVERSATION).body);
  });

  it.each(REPLIES)('%s, whole and as a stream', (_, reply) => {
    expectValid(schema('CreateChatCompletionResponse'), chatClient.writeReply(reply, replyContext()));
    const validate = schema('CreateChatCompletionStreamResponse');
    // The schema has no custom calls in streams yet; the SDK below has.
    if (reply.content === custom) return;
    for (const chunk of chunksIn(sseOf(partsOf(reply), withUsage))) expectValid(validate, chunk);
  });

  it('errors', () => {
    const error = { status: 400, type: 'x', code: null, message: 'no', param: null };
    expectValid(schema('ErrorResponse'), chatClient.writeError(error, 'req1'));
  });
});

describe('OpenAI’s own SDK', () => {
  const streamOf = (sse: string): Stream<ChatCompletionChunk> =>
    Stream.fromSSEResponse<ChatCompletionChunk>(new Response(sse), new AbortController());
  const completionOf = (sse: string) =>
    ChatCompletionStream.fromReadableStream(streamOf(sse).toReadableStream()).finalChatCompletion();

  it.each(REPLIES)('puts the stream of %s together to the whole answer', async (_, reply) => {
    const whole = chatClient.writeReply(reply, replyContext());
    const completion = await completionOf(sseOf(partsOf(reply), withUsage));
    const [choice] = whole.choices as { message: JsonObject; finish_reason: string }[];
    const { content, refusal, tool_calls } = choice?.message ?? {};
    expect(completion.choices[0]?.finish_reason).toBe(choice?.finish_reason);
    expect(completion.choices[0]?.message.content || null).toBe(content || null);
    expect(completion.choices[0]?.message.refusal ?? null).toBe(refusal);
    expect(completion.choices[0]?.message.tool_calls ?? []).toMatchObject(
      (tool_calls as JsonObject[] | undefined) ?? [],
    );
    expect(completion).toMatchObject({ id: whole.id, model: whole.model, created: whole.created });
  });

  it('throws what a stream that broke off says', async () => {
    const [start, ...rest] = partsOf(replyOf());
    const error: StreamPart = {
      type: 'error',
      error: { status: 529, type: 'overloaded_error', code: null, message: 'Overloaded', param: null },
    };
    const sse = sseOf([start, ...rest.slice(0, -1), error].filter((part) => part !== undefined));
    const reading = (async () => {
      for await (const chunk of streamOf(sse)) expect(chunk.object).toBe('chat.completion.chunk');
    })();
    await expect(reading).rejects.toThrow(OpenAIError);
  });
});
