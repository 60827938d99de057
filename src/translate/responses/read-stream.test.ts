import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { StreamPart } from '../hub/reply.ts';
import { collected } from '../hub/testing.ts';
import { partsFromSse, partsOfEvents, readContext } from './testing.ts';
import { responsesProvider } from './translator.ts';

const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-x', output: [] } };
const completed = (response: JsonObject = {}): JsonObject => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-x', status: 'completed', ...response },
});
const added = (output_index: number, item: JsonObject): JsonObject => ({
  type: 'response.output_item.added',
  output_index,
  item,
});
const done = (output_index: number, item: JsonObject): JsonObject => ({
  ...added(output_index, item),
  type: 'response.output_item.done',
});
const delta = (output_index: number, text: string, content_index = 0): JsonObject => ({
  type: 'response.output_text.delta',
  output_index,
  content_index,
  delta: text,
});
const call = (args: string, more: JsonObject = {}): JsonObject => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'f',
  arguments: args,
  ...more,
});
const argumentsDelta = (output_index: number, text: string): JsonObject => ({
  type: 'response.function_call_arguments.delta',
  output_index,
  delta: text,
});
const message = (...content: JsonObject[]): JsonObject => ({ type: 'message', role: 'assistant', content });
const typesOf = (parts: readonly StreamPart[]) => parts.map(({ type }) => type);
const contentOf = (...events: JsonObject[]) =>
  collected(partsOfEvents(created, ...events, completed())).content();

describe('the stream of a provider', () => {
  it('cases 4 and 5: one start, blocks as they come, one finish', () => {
    const parts = partsOfEvents(
      created,
      { type: 'response.in_progress', response: created.response },
      added(0, call('')),
      argumentsDelta(0, '{"a"'),
      argumentsDelta(0, ':1}'),
      done(0, call('{"a":1}')),
      completed({ usage: { input_tokens: 3, output_tokens: 2 }, service_tier: 'flex' }),
      completed(),
    );
    expect(parts).toMatchObject([
      { type: 'start', id: 'resp_1', model: 'gpt-x', usage: null },
      {
        type: 'block_start',
        index: 0,
        block: { type: 'tool_call', id: 'call_1', name: 'f', kind: 'function' },
      },
      { type: 'arguments_delta', index: 0, text: '{"a"' },
      { type: 'arguments_delta', index: 0, text: ':1}' },
      { type: 'block_end', index: 0 },
      {
        type: 'finish',
        finish: { reason: 'tool_calls' },
        usage: { input: 3, output: 2 },
        serviceTier: 'flex',
      },
    ]);
    expect(parts).toHaveLength(6);
  });

  it('case 1: calls that interleave keep apart', () => {
    const second = call('{"b":2}', { call_id: 'call_2', name: 'g' });
    expect(
      contentOf(
        added(0, call('')),
        added(1, { ...second, arguments: '' }),
        argumentsDelta(1, '{"b":2}'),
        argumentsDelta(0, '{}'),
        done(0, call('{}')),
        done(1, second),
      ),
    ).toMatchObject([
      { id: 'call_1', arguments: '{}' },
      { id: 'call_2', name: 'g', arguments: '{"b":2}' },
    ]);
  });

  it('case 9: a call without arguments has an empty object, whoever left it unsaid', () => {
    const parts = partsOfEvents(created, added(0, call('')), done(0, call('')), completed());
    expect(parts).toContainEqual({ type: 'arguments_delta', index: 0, text: '{}' });
    expect(contentOf(done(0, call('{"a":1}')))).toMatchObject([{ arguments: '{"a":1}' }]);
  });

  it('case 26: custom tools give free text', () => {
    const item = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'p', input: '*** Begin' };
    const events = [
      added(0, { ...item, input: '' }),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: '*** ' },
    ];
    expect(contentOf(...events, done(0, item))).toMatchObject([
      { type: 'tool_call', kind: 'custom', id: 'c', arguments: '*** Begin' },
    ]);
  });

  it('what the deltas left out comes from the snapshots, once', () => {
    const text = { type: 'output_text', text: 'hello' };
    const textDone = { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'hello' };
    expect(contentOf(delta(0, 'hel'), textDone, done(0, message(text)))).toMatchObject([{ text: 'hello' }]);
    expect(contentOf(done(0, message(text)))).toMatchObject([{ text: 'hello' }]);
    expect(collected(partsOfEvents(completed({ output: [message(text)] }))).content()).toMatchObject([
      { text: 'hello' },
    ]);
  });

  it('a server that counts parts otherwise in its events than in its items says nothing twice', () => {
    const partDone = { type: 'response.content_part.done', output_index: 1, content_index: 1 };
    const item = message({ type: 'output_text', text: 'hello' });
    expect(contentOf(delta(1, 'hello', 1), partDone, done(1, item))).toHaveLength(1);
    expect(contentOf(delta(1, 'hello', 1), done(1, item))).toHaveLength(1);
  });

  it('case 35: citations', () => {
    const annotation = { type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 2 };
    const event = {
      type: 'response.output_text.annotation.added',
      output_index: 0,
      content_index: 0,
      annotation,
    };
    const file = {
      ...event,
      annotation: { type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 4 },
    };
    expect(contentOf(delta(0, 'hi'), event, file)).toMatchObject([
      {
        text: 'hi',
        citations: [
          { kind: 'url', url: 'u', title: 't', start: 0, end: 2 },
          { kind: 'document', fileId: 'file-1', title: 'a.pdf', index: 4 },
        ],
      },
    ]);
  });

  it('case 52: a refusal is a block of its own kind, and an answer', () => {
    const parts = partsOfEvents(
      created,
      { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'no' },
      completed(),
    );
    expect(parts).toContainEqual({ type: 'block_start', index: 0, block: { type: 'refusal' } });
    expect(parts.at(-1)).toMatchObject({ finish: { reason: 'stop' } });
  });

  it('case 24: what the provider’s own tools did comes whole, and is no call of the client’s', () => {
    const item = {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'q' },
    };
    const parts = partsOfEvents(
      created,
      added(0, { ...item, status: 'in_progress' }),
      { type: 'response.web_search_call.searching', output_index: 0 },
      done(0, item),
      completed(),
    );
    expect(parts.slice(1)).toMatchObject([
      { block: { type: 'server_tool', id: 'ws_1', name: 'web_search', phase: 'call', raw: item } },
      { type: 'block_end' },
      { finish: { reason: 'stop' } },
    ]);
  });
});

describe('the reasoning of a provider', () => {
  const item = (more: JsonObject): JsonObject => ({ type: 'reasoning', id: 'rs_1', summary: [], ...more });
  const summary = (summary_index: number, text: string): JsonObject => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index,
    delta: text,
  });

  it('case 38: paragraphs of its summary, and the seal at the end', () => {
    const parts = partsOfEvents(
      created,
      added(0, item({ encrypted_content: 'early' })),
      summary(0, 'a'),
      summary(0, 'b'),
      summary(1, 'c'),
      done(0, item({ encrypted_content: 'gAAA' })),
      completed(),
    );
    expect(typesOf(parts)).toEqual([
      'start',
      'block_start',
      'text_delta',
      'text_delta',
      'text_delta',
      'text_delta',
      'seal',
      'block_end',
      'finish',
    ]);
    expect(collected(parts).content()).toEqual([
      {
        type: 'reasoning',
        text: 'ab\n\nc',
        seal: { origin: 'openai', provider: 'acme', data: 'gAAA', id: 'rs_1' },
        at: '',
      },
    ]);
  });

  it('case 38: with neither text nor seal there is none', () => {
    expect(contentOf(added(0, item({})), done(0, item({})))).toEqual([]);
    expect(contentOf(done(0, item({ encrypted_content: 'gAAA' })))).toMatchObject([{ text: '' }]);
  });

  it('of an open model is the reasoning itself', () => {
    const content = [{ type: 'reasoning_text', text: 'hm' }];
    const event = { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'hm' };
    expect(contentOf(event, done(0, item({ content })))).toMatchObject([{ text: 'hm', seal: null }]);
    expect(contentOf(done(0, item({ content })))).toMatchObject([{ text: 'hm' }]);
  });
});

describe('the end of a stream', () => {
  it.each([
    [{ reason: 'max_output_tokens' }, 'length'],
    [{ reason: 'content_filter' }, 'content_filter'],
    [{ reason: 'steered' }, 'other'],
  ])('case 51: incomplete for %o is %s', (incomplete_details, reason) => {
    const response = { status: 'incomplete', incomplete_details };
    const parts = partsOfEvents(created, delta(0, 'x'), { type: 'response.incomplete', response });
    expect(parts.slice(-2)).toMatchObject([{ type: 'block_end' }, { type: 'finish', finish: { reason } }]);
  });

  it('without a terminal event has no finish', () => {
    expect(typesOf(partsOfEvents(created, delta(0, 'x')))).toEqual(['start', 'block_start', 'text_delta']);
  });

  it.each<[string, JsonObject, object]>([
    [
      'as documented',
      { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null },
      { status: 429, code: 'rate_limit_exceeded', message: 'slow' },
    ],
    [
      'as sent',
      { type: 'error', error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'pay' } },
      { status: 429, type: 'insufficient_quota', message: 'pay' },
    ],
    [
      'as a failed response',
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error', message: 'oops' } },
      },
      { status: 500, type: 'server_error', code: 'server_error', message: 'oops' },
    ],
  ])('case 12: a failure %s is an error, and the last of it', (_, event, error) => {
    const parts = partsOfEvents(created, delta(0, 'x'), event, completed());
    expect(parts.at(-1)).toMatchObject({ type: 'error', error });
    expect(parts.filter(({ type }) => type === 'error' || type === 'finish')).toHaveLength(1);
  });

  it('case 13: a failure may be all there is', () => {
    expect(typesOf(partsOfEvents({ type: 'error', message: 'overloaded' }))).toEqual(['error']);
  });

  it('case 15: malformed and unknown events are passed over', () => {
    const good = `data: ${JSON.stringify(delta(0, 'x'))}\n\n`;
    const sse = `event: response.created\ndata: {"type":"response.crea\n\n${good}data: []\n\ndata: {"type":"new"}\n\ndata: ${JSON.stringify(completed())}\n\ndata: [DONE]\n\n`;
    expect(typesOf(partsFromSse(sse))).toEqual(['start', 'block_start', 'text_delta', 'block_end', 'finish']);
  });

  it('case 8: a keep-alive is a ping', () => {
    expect(typesOf(partsOfEvents(created, { type: 'keepalive' }))).toEqual(['start', 'ping']);
  });
});

describe('a whole answer', () => {
  it('is read as its stream is', () => {
    const body = {
      id: 'resp_1',
      model: 'gpt-x',
      status: 'completed',
      output: [
        { type: 'reasoning', id: 'rs_1', summary: [{ text: 'a' }, { text: 'b' }], encrypted_content: 'gAAA' },
        message(
          { type: 'output_text', text: 'hi', logprobs: [{ token: 'hi', logprob: -1 }] },
          { type: 'refusal', refusal: 'no' },
        ),
        call('{"a":1}'),
      ],
      usage: { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 5 },
      service_tier: 'default',
    };
    expect(responsesProvider.readReply(body, readContext())).toMatchObject({
      id: 'resp_1',
      model: 'gpt-x',
      content: [
        { type: 'reasoning', text: 'a\n\nb', seal: { data: 'gAAA', id: 'rs_1', provider: 'acme' } },
        { type: 'text', text: 'hi' },
        { type: 'refusal', text: 'no' },
        { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"a":1}', kind: 'function' },
      ],
      finish: { reason: 'tool_calls', stopSequence: null },
      usage: { input: 6, cacheRead: 4, output: 5 },
      serviceTier: 'default',
      logprobs: { content: [{ token: 'hi', logprob: -1 }] },
    });
  });

  it('case 23: names the client’s tools as the client does', () => {
    const context = readContext([{ kind: 'function', name: 'my.tool', schema: null, strict: null, at: '' }]);
    const body = { output: [call('{}', { name: context.names.sent('my.tool') })] };
    expect(responsesProvider.readReply(body, context).content).toMatchObject([{ name: 'my.tool' }]);
  });

  it('that failed, or is none, is an error', () => {
    const failed = { status: 'failed', output: [], error: { code: 'server_error', message: 'oops' } };
    expect(() => responsesProvider.readReply(failed, readContext())).toThrow('oops');
    expect(() => responsesProvider.readReply({ choices: [] }, readContext())).toThrow('output');
  });
});
