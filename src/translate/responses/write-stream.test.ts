import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, objectsIn } from '../../json.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { FinishReason, Reply, StreamPart } from '../hub/reply.ts';
import { packSeal, unpackSeal } from '../hub/seal.ts';
import { eventsIn, replyContext, replyOf, sseOf } from './testing.ts';
import { responsesClient } from './translator.ts';

const at = '';
const text = (said: string): AssistantPart => ({ type: 'text', text: said, at });
const call = (id: string, args = '{"a":1}', kind: 'function' | 'custom' = 'function'): AssistantPart => ({
  type: 'tool_call',
  id,
  name: `tool_${id}`,
  arguments: args,
  kind,
  at,
});
const seal = { origin: 'anthropic', provider: 'anthropic', data: 'sig==' } as const;
const search: AssistantPart = {
  type: 'server_tool',
  id: 'srv_1',
  name: 'web_search',
  phase: 'call',
  raw: { type: 'server_tool_use', input: { query: 'news' } },
  at,
};
const found: AssistantPart = { ...search, phase: 'result', raw: { type: 'web_search_tool_result' } };

const wholeOf = (said: Partial<Reply>, request: JsonObject = {}): JsonObject =>
  responsesClient.writeReply(replyOf(said), replyContext(request));
const eventsOf = (parts: readonly StreamPart[], request: JsonObject = {}) => eventsIn(sseOf(parts, request));
const streamOf = (said: Partial<Reply>, request: JsonObject = {}) =>
  eventsOf(partsOf(replyOf(said)), request);
const typesOf = (events: readonly JsonObject[]) =>
  events.map(({ type }) => String(type).replace('response.', ''));

const RICH: AssistantPart[] = [
  { type: 'reasoning', text: 'hm', seal, at },
  text('one'),
  { type: 'text', text: 'two', citations: [{ kind: 'url', url: 'u', title: 't' }], at },
  search,
  found,
  call('a'),
  call('b', ''),
  call('c', '*** Begin', 'custom'),
  { type: 'refusal', text: 'no', at },
];

describe('the stream for a client', () => {
  it('cases 3 and 7: every event has its number and place, and the snapshots are whole', () => {
    const events = streamOf({ content: [text('hi')] });
    expect(typesOf(events)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
    const part = { type: 'output_text', text: 'hi', annotations: [], logprobs: [] };
    const place = { item_id: 'msg_9_0', output_index: 0, content_index: 0 };
    expect(events[4]).toEqual({
      type: 'response.output_text.delta',
      sequence_number: 4,
      ...place,
      logprobs: [],
      delta: 'hi',
    });
    expect(events[5]).toMatchObject({ ...place, text: 'hi' });
    expect(events[6]).toMatchObject({ ...place, part });
    expect(events[7]).toMatchObject({
      output_index: 0,
      item: { id: 'msg_9_0', type: 'message', status: 'completed', role: 'assistant', content: [part] },
    });
  });

  it('case 6: events have names, and no [DONE] ends them', () => {
    const sse = sseOf(partsOf(replyOf()));
    expect(sse).toMatch(/^event: response\.created\ndata: \{/);
    expect(sse).not.toContain('[DONE]');
    expect(sse.endsWith('\n\n')).toBe(true);
  });

  it('case 1: a call has its name at once and its arguments in pieces', () => {
    const events = streamOf({ content: [call('a')] }).slice(2, -1);
    const item = { id: 'fc_9_0', type: 'function_call', call_id: 'a', name: 'tool_a' };
    expect(events).toMatchObject([
      { type: 'response.output_item.added', item: { ...item, arguments: '', status: 'in_progress' } },
      {
        type: 'response.function_call_arguments.delta',
        item_id: 'fc_9_0',
        output_index: 0,
        delta: '{"a":1}',
      },
      { type: 'response.function_call_arguments.done', item_id: 'fc_9_0', arguments: '{"a":1}' },
      { type: 'response.output_item.done', item: { ...item, arguments: '{"a":1}', status: 'completed' } },
    ]);
  });

  it('case 9: a call without arguments has an empty object', () => {
    const events = streamOf({ content: [call('b', '')] });
    expect(typesOf(events).filter((type) => type.includes('arguments'))).toEqual([
      'function_call_arguments.delta',
      'function_call_arguments.done',
    ]);
    expect(events.at(-2)).toMatchObject({ item: { arguments: '{}' } });
  });

  it('case 26: a custom tool gets its free text in its own events', () => {
    const events = streamOf({ content: [call('c', '*** Begin', 'custom')] }).slice(2, -1);
    expect(events).toMatchObject([
      { item: { type: 'custom_tool_call', id: 'ctc_9_0', call_id: 'c', input: '' } },
      { type: 'response.custom_tool_call_input.delta', delta: '*** Begin' },
      { type: 'response.custom_tool_call_input.done', input: '*** Begin' },
      { item: { type: 'custom_tool_call', input: '*** Begin' } },
    ]);
  });

  it('case 38: reasoning is a summary, and its seal goes with the item', () => {
    const events = streamOf({ content: [{ type: 'reasoning', text: 'hm', seal, at }] });
    expect(typesOf(events).slice(2, -1)).toEqual([
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
    ]);
    expect(events.at(-2)).toMatchObject({
      item: {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: packSeal(seal),
      },
    });
    const bare = streamOf({ content: [{ type: 'reasoning', text: '', seal, at }] });
    expect(typesOf(bare).slice(2, -1)).toEqual(['output_item.added', 'output_item.done']);
    expect(unpackSeal(String(objectAt(bare.at(-2), 'item').encrypted_content), 'openai')).toEqual(seal);
  });

  it('case 24: a search of the provider is an item of its own, its result is nothing, and neither is a call', () => {
    const events = streamOf({ content: [search, found, text('x')] });
    expect(typesOf(events).slice(2, 7)).toEqual([
      'output_item.added',
      'web_search_call.in_progress',
      'web_search_call.searching',
      'web_search_call.completed',
      'output_item.done',
    ]);
    const output = objectsIn(objectAt(events.at(-1), 'response').output);
    expect(output).toMatchObject([
      { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'news' } },
      { type: 'message' },
    ]);
    expect(JSON.stringify(events)).not.toContain('function_call');
  });

  it('case 24: what other tools of the provider did has no item', () => {
    const code: AssistantPart = { ...search, name: 'code_execution' };
    expect(objectsIn(wholeOf({ content: [code, text('x')] }).output)).toMatchObject([{ type: 'message' }]);
    expect(typesOf(streamOf({ content: [code] }))).toEqual(['created', 'in_progress', 'completed']);
  });

  it('case 35: a citation comes with the range of the text that it follows', () => {
    const citations = [
      { kind: 'url', url: 'u', title: 't' },
      {
        kind: 'document',
        index: 2,
        title: 'a.pdf',
        citedText: 'q',
        unit: 'page',
        start: 1,
        end: 2,
        fileId: 'file-1',
      },
    ] as const;
    const events = streamOf({ content: [{ type: 'text', text: 'abcd', citations, at }] });
    const annotations = [
      { type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 4 },
      { type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 2 },
    ];
    const told = events.filter(({ type }) => type === 'response.output_text.annotation.added');
    expect(told.map(({ annotation }) => annotation)).toEqual(annotations);
    expect(told.map(({ annotation_index }) => annotation_index)).toEqual([0, 1]);
    expect(events.at(-2)).toMatchObject({ item: { content: [{ annotations }] } });
  });

  it('case 52: a refusal has its own events', () => {
    const events = streamOf({ content: [{ type: 'refusal', text: 'no', at }] });
    expect(typesOf(events).slice(3, 7)).toEqual([
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
    ]);
    expect(events.at(-2)).toMatchObject({ item: { content: [{ type: 'refusal', refusal: 'no' }] } });
  });

  it('blocks that interleave end where they began', () => {
    const parts: StreamPart[] = [
      { type: 'start', id: 'x', model: 'm', usage: null },
      { type: 'block_start', index: 0, block: { type: 'text' } },
      { type: 'block_start', index: 1, block: { type: 'tool_call', id: 'a', name: 'f', kind: 'function' } },
      { type: 'text_delta', index: 0, text: 'hi' },
      { type: 'block_start', index: 2, block: { type: 'tool_call', id: 'b', name: 'g', kind: 'function' } },
      { type: 'arguments_delta', index: 2, text: '{"b":2}' },
      { type: 'arguments_delta', index: 1, text: '{"a":1}' },
      { type: 'block_end', index: 2 },
      { type: 'block_end', index: 0 },
      { type: 'block_start', index: 3, block: { type: 'text' } },
      { type: 'text_delta', index: 3, text: 'bye' },
      { type: 'finish', finish: { reason: 'tool_calls', stopSequence: null }, usage: null },
    ];
    expect(objectsIn(objectAt(eventsOf(parts).at(-1), 'response').output)).toMatchObject([
      { type: 'message', content: [{ text: 'hi' }], status: 'completed' },
      { type: 'function_call', call_id: 'a', arguments: '{"a":1}' },
      { type: 'function_call', call_id: 'b', arguments: '{"b":2}' },
      { type: 'message', content: [{ text: 'bye' }] },
    ]);
  });

  it('case 8: a ping is a comment, which no client takes for an event', () => {
    expect(sseOf([{ type: 'ping' }])).toBe(': ping\n\n');
  });

  it('cases 12 and 54: a failure is said as OpenAI says it, and is the last', () => {
    const start = partsOf(replyOf()).slice(0, 3);
    const error = { status: 529, type: 'overloaded_error', code: null, message: 'busy', param: null };
    const events = eventsOf([...start, { type: 'error', error }, { type: 'ping' }]);
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', code: 'server_error', message: 'busy', param: null },
      {
        type: 'response.failed',
        response: { id: 'resp_9', status: 'failed', error: { code: 'server_error', message: 'busy' } },
      },
    ]);
    expect(eventsOf([{ type: 'error', error }])[0]).toMatchObject({ type: 'error', sequence_number: 0 });
  });
});

describe('the response', () => {
  const request: JsonObject = {
    instructions: 'be kind',
    tools: [{ type: 'function', name: 'f', parameters: {}, strict: true }],
    tool_choice: 'required',
    temperature: 0.5,
    text: { format: { type: 'json_object' } },
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    reasoning: { effort: 'low' },
    max_output_tokens: 9,
    user: 'u',
  };

  it('has every field, and echoes what the client asked for', () => {
    expect(wholeOf({}, request)).toMatchObject({
      ...request,
      id: 'resp_9',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'claude-x',
      store: false,
      previous_response_id: null,
      reasoning: { effort: 'low', summary: null },
      top_p: null,
      usage: null,
    });
  });

  it.each<[string, Partial<Reply>]>([
    [
      'of everything',
      { content: RICH, finish: { reason: 'tool_calls', stopSequence: null }, serviceTier: 'standard' },
    ],
    ['that was cut', { content: [call('a'), text('x')], finish: { reason: 'length', stopSequence: null } }],
    ['of nothing', { content: [] }],
  ])('%s is the same whole and streamed', (_, said) => {
    const usage = {
      input: 3,
      cacheRead: 4,
      cacheWrite: 5,
      cacheWrite1h: 6,
      output: 7,
      reasoning: 2,
      estimated: false,
    };
    const last = streamOf({ ...said, usage }, request).at(-1);
    expect(objectAt(last, 'response')).toEqual(
      JSON.parse(JSON.stringify(wholeOf({ ...said, usage }, request))),
    );
  });

  it('texts that stand together are one message', () => {
    const output = objectsIn(wholeOf({ content: RICH }).output);
    expect(output.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'web_search_call',
      'function_call',
      'function_call',
      'custom_tool_call',
      'message',
    ]);
    expect(objectsIn(output[1]?.content).map((part) => part.text)).toEqual(['one', 'two']);
  });

  it('case 46: token probabilities stand with the text', () => {
    const tokens = [{ token: 'hi', logprob: -1, bytes: [104, 105], top_logprobs: [] }];
    expect(wholeOf({ logprobs: { content: tokens, refusal: null } })).toMatchObject({
      output: [{ content: [{ type: 'output_text', logprobs: tokens }] }],
    });
  });

  it('case 53: what was cached is part of the input', () => {
    const usage = {
      input: 3,
      cacheRead: 4,
      cacheWrite: 5,
      cacheWrite1h: 6,
      output: 7,
      reasoning: 2,
      estimated: false,
    };
    expect(wholeOf({ usage }).usage).toEqual({
      input_tokens: 18,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 11 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 25,
    });
  });

  it.each<[FinishReason, string, string | null]>([
    ['stop', 'completed', null],
    ['stop_sequence', 'completed', null],
    ['tool_calls', 'completed', null],
    ['other', 'completed', null],
    ['length', 'incomplete', 'max_output_tokens'],
    ['context_length', 'incomplete', 'max_output_tokens'],
    ['pause', 'incomplete', 'max_output_tokens'],
    ['content_filter', 'incomplete', 'content_filter'],
    ['refusal', 'incomplete', 'content_filter'],
  ])('cases 27 and 51: %s is %s for %s', (reason, status, why) => {
    const finish = { reason, stopSequence: null };
    const expected = { status, incomplete_details: why === null ? null : { reason: why } };
    expect(wholeOf({ finish })).toMatchObject(expected);
    const last = streamOf({ finish }).at(-1);
    expect(last).toMatchObject({ type: `response.${status}`, response: expected });
    expect(objectsIn(objectAt(last, 'response').output)).toMatchObject([{ status }]);
  });

  it('case 52: a refusal in words is an answer', () => {
    const finish = { reason: 'refusal', stopSequence: null } as const;
    expect(wholeOf({ finish, content: [{ type: 'refusal', text: 'no', at }] })).toMatchObject({
      status: 'completed',
    });
  });

  it.each([
    ['msg_9', 'resp_9'],
    ['chatcmpl-9', 'resp_9'],
    ['gen-9', 'resp_9'],
    ['', 'resp_1'],
  ])('case 57: the id of "%s" is %s', (id, expected) => {
    const context = { ...replyContext(), requestId: 'req_1' };
    expect(responsesClient.writeReply(replyOf({ id }), context).id).toBe(expected);
  });

  it('case 57: a call to which the provider gave no id has one all the same', () => {
    expect(objectsIn(wholeOf({ content: [call('')] }).output)[0]?.call_id).toBe('fc_9_0');
  });
});
