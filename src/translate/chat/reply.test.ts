import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { objectsIn } from '../../json.ts';
import type { AssistantPart, CustomTool, FunctionTool, ReasoningSeal } from '../hub/conversation.ts';
import type { FinishReason, Reply } from '../hub/reply.ts';
import { unpackSeal } from '../hub/seal.ts';
import { OPENAI_NAMES, ToolNames } from '../hub/tool-names.ts';
import { providerWith, readContext, replyContext, replyOf } from './testing.ts';
import { chatClient, chatProvider } from './translator.ts';

const usage = (buckets: Partial<Usage>): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
  ...buckets,
});

function read(message: JsonObject, finish: string | null = 'stop', more: JsonObject = {}): Reply {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }];
  return chatProvider.readReply({ id: 'chatcmpl-1', model: 'acme-1', choices, ...more }, readContext());
}

const write = (said: Partial<Reply>): JsonObject => chatClient.writeReply(replyOf(said), replyContext());
const choiceOf = (body: JsonObject): JsonObject => objectsIn(body.choices)[0] ?? {};
const messageOf = (...content: AssistantPart[]): JsonObject =>
  choiceOf(write({ content })).message as JsonObject;

const at = '';
const called = (name: string, args: JsonObject[string] = '{}', more: JsonObject = {}): JsonObject => ({
  id: 'c1',
  type: 'function',
  function: { name, arguments: args },
  ...more,
});

describe('a provider’s answer', () => {
  it('is read with its id, its model, its tier and its counts', () => {
    const reply = read({ content: 'hi' }, 'stop', {
      service_tier: 'default',
      usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(reply).toMatchObject({
      id: 'chatcmpl-1',
      model: 'acme-1',
      serviceTier: 'default',
      content: [{ type: 'text', text: 'hi' }],
      finish: { reason: 'stop', stopSequence: null },
    });
    // Case 53: the cached part is taken out of the prompt.
    expect(reply.usage).toEqual(usage({ input: 5, cacheRead: 4, output: 3 }));
  });

  it.each(['reasoning_content', 'reasoning'])('case 41: has its thoughts in %s, without a seal', (field) => {
    expect(read({ content: 'hi', [field]: 'Hm.' }).content).toEqual([
      { type: 'reasoning', text: 'Hm.', seal: null, at },
      { type: 'text', text: 'hi', at },
    ]);
  });

  it('has them once where a server says them in both fields', () => {
    expect(read({ content: 'hi', reasoning: 'Hm.', reasoning_content: 'Hm.' }).content).toHaveLength(2);
  });

  it('has them among its content, as Mistral sends it', () => {
    const thinking = [
      { type: 'text', text: 'H' },
      { type: 'text', text: 'm.' },
    ];
    expect(
      read({
        content: [
          { type: 'thinking', thinking },
          { type: 'text', text: 'hi' },
        ],
      }).content,
    ).toEqual([
      { type: 'reasoning', text: 'Hm.', seal: null, at },
      { type: 'text', text: 'hi', at },
    ]);
  });

  it('case 37: has signed blocks as LiteLLM sends them, sealed by that server', () => {
    const { content } = read({
      content: 'hi',
      reasoning_content: 'Hm.',
      thinking_blocks: [
        { type: 'thinking', thinking: 'Hm.', signature: 'sig+/=' },
        { type: 'redacted_thinking', data: 'secret' },
      ],
    });
    expect(content).toMatchObject([
      { type: 'reasoning', text: 'Hm.', seal: { origin: 'anthropic', provider: 'acme', data: 'sig+/=' } },
      {
        type: 'reasoning',
        text: '',
        seal: { origin: 'anthropic-redacted', provider: 'acme', data: 'secret' },
      },
      { type: 'text', text: 'hi' },
    ]);
  });

  it('case 35: has citations as annotations, or as pages beside the answer', () => {
    const url_citation = { url: 'https://a.example', title: 'A', start_index: 1, end_index: 2 };
    expect(
      read({ content: 'hi', annotations: [{ type: 'url_citation', url_citation }] }).content,
    ).toMatchObject([
      { citations: [{ kind: 'url', url: 'https://a.example', title: 'A', start: 1, end: 2 }] },
    ]);
    const search_results = [{ title: 'A', url: 'https://a.example', date: null }];
    expect(
      read({ content: 'hi' }, 'stop', { search_results, citations: ['https://a.example'] }).content,
    ).toMatchObject([{ citations: [{ kind: 'url', url: 'https://a.example', title: 'A' }] }]);
    expect(read({ content: 'hi' }, 'stop', { citations: ['https://b.example'] }).content).toMatchObject([
      { citations: [{ kind: 'url', url: 'https://b.example', title: '' }] },
    ]);
  });

  it('case 21: has arguments as the text that came; an object of some server’s as text', () => {
    const { content } = read({
      content: null,
      tool_calls: [called('f', '{"b": 1,  "a": 2'), called('f', { a: 1 }), called('f', '')],
    });
    expect(content.map((part) => 'arguments' in part && part.arguments)).toEqual([
      '{"b": 1,  "a": 2',
      '{"a":1}',
      '{}',
    ]);
  });

  it('case 57: has an id for every call, the same at every reading, another one in another answer', () => {
    const ids = (id: string) =>
      read({ tool_calls: [called('f', '{}', { id: '' }), called('g', '{}', { id: null })] }, 'tool_calls', {
        id,
      }).content.map((part) => 'id' in part && part.id);
    expect(new Set(ids('a-1')).size).toBe(2);
    expect(ids('a-1')).toEqual(ids('a-1'));
    expect(ids('a-1')).not.toEqual(ids('a-2'));
  });

  it('case 23: has the client’s own names of its tools, and what a wrapped tool was given', () => {
    const tools: (FunctionTool | CustomTool)[] = [
      { kind: 'function', name: 'mcp.files/read', schema: null, strict: null, at },
      { kind: 'custom', name: 'grep', format: null, at },
    ];
    const names = new ToolNames({ tools }, OPENAI_NAMES);
    const message = {
      tool_calls: [called(names.sent('mcp.files/read')), called('grep', '{"input":"a \\"b\\""}')],
    };
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
    const { content } = chatProvider.readReply({ choices }, { provider: providerWith(), names });
    expect(content).toMatchObject([
      { name: 'mcp.files/read', kind: 'function', arguments: '{}' },
      { name: 'grep', kind: 'custom', arguments: 'a "b"' },
    ]);
  });

  it('case 52: has a refusal as one', () => {
    expect(read({ content: null, refusal: 'No.' }).content).toEqual([{ type: 'refusal', text: 'No.', at }]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['eos', 'stop'],
    ['model_length', 'context_length'],
    ['repetition', 'other'],
    [null, 'stop'],
  ])('case 51: ended by %s is %s', (finish, reason) => {
    expect(read({ content: 'hi' }, finish).finish.reason).toBe(reason);
  });

  it.each(['stop', 'weird', null])('case 51: ended by %s with calls is one of calls', (finish) => {
    expect(read({ tool_calls: [called('f')] }, finish).finish.reason).toBe('tool_calls');
  });

  it('case 51: cut at the limit amid its calls is cut', () => {
    expect(read({ tool_calls: [called('f', '{"a')] }, 'length').finish.reason).toBe('length');
  });

  it.each([
    [{}],
    [{ choices: [] }],
    [{ choices: [{ index: 0 }] }],
    [{ error: { message: 'no', code: 502 } }],
    [{ choices: [{ message: { content: 'hal' }, finish_reason: 'error' }] }],
  ] as [JsonObject][])('is none: %j', (body) => {
    expect(() => chatProvider.readReply(body, readContext())).toThrow();
  });
});

describe('an answer for a client', () => {
  it('is a chat.completion with one choice', () => {
    expect(write({ usage: usage({ input: 1, output: 2 }) })).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'acme-1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 1,
        completion_tokens: 2,
        total_tokens: 3,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
  });

  it.each([
    ['chatcmpl-1', 'chatcmpl-1'],
    ['msg_01A', 'chatcmpl-01A'],
    ['resp_1', 'chatcmpl-1'],
    ['gen-1', 'chatcmpl-1'],
    ['20260313', 'chatcmpl-20260313'],
    ['', 'chatcmpl-req1'],
  ])('case 57: the id %s becomes %s, and the model is the one that ran', (id, expected) => {
    expect(write({ id, model: 'real' })).toMatchObject({ id: expected, model: 'real' });
  });

  it('case 53: the prompt includes what was read from and written to a cache', () => {
    const counts = usage({
      input: 6,
      cacheRead: 100,
      cacheWrite: 20,
      cacheWrite1h: 3,
      output: 50,
      reasoning: 40,
    });
    expect(write({ usage: counts }).usage).toEqual({
      prompt_tokens: 129,
      completion_tokens: 50,
      total_tokens: 179,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 23 },
      completion_tokens_details: { reasoning_tokens: 40 },
    });
    expect(write({ usage: null })).not.toHaveProperty('usage');
  });

  it.each([
    ['stop', 'stop'],
    ['stop_sequence', 'stop'],
    ['other', 'stop'],
    ['length', 'length'],
    ['context_length', 'length'],
    ['pause', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['refusal', 'content_filter'],
  ] as [FinishReason, string][])('case 51: %s is %s', (reason, expected) => {
    expect(choiceOf(write({ finish: { reason, stopSequence: null } })).finish_reason).toBe(expected);
  });

  it('case 52: a refusal is in its own field; one without words is a filtered answer', () => {
    expect(messageOf({ type: 'refusal', text: 'No.', at })).toEqual({
      role: 'assistant',
      content: null,
      refusal: 'No.',
    });
    expect(choiceOf(write({ content: [], finish: { reason: 'refusal', stopSequence: null } }))).toMatchObject(
      {
        finish_reason: 'content_filter',
        message: { content: '', refusal: null },
      },
    );
  });

  it('case 9 and 30: calls without words have null beside them, and arguments are never empty', () => {
    expect(messageOf({ type: 'tool_call', id: 'c', name: 'f', arguments: '', kind: 'function', at })).toEqual(
      {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    );
  });

  it('gives custom tools their free text', () => {
    expect(
      messageOf({ type: 'tool_call', id: 'c', name: 'g', arguments: 'x', kind: 'custom', at }).tool_calls,
    ).toEqual([{ id: 'c', type: 'custom', custom: { name: 'g', input: 'x' } }]);
  });

  it('case 24: tools that the provider ran are no calls', () => {
    expect(
      messageOf(
        { type: 'server_tool', id: 's', name: 'web_search', phase: 'call', raw: {}, at },
        { type: 'text', text: 'Found.', at },
      ),
    ).toEqual({ role: 'assistant', content: 'Found.', refusal: null });
  });

  it('case 35: citations count from the start of the whole text; places in documents are left out', () => {
    const page = { kind: 'url', url: 'https://a.example', title: 'A' } as const;
    const message = messageOf(
      { type: 'text', text: 'First. ', at },
      { type: 'text', text: 'Second.', citations: [page, { ...page, start: 1, end: 3 }], at },
      {
        type: 'text',
        text: ' Third.',
        citations: [
          { kind: 'document', index: 0, title: 'D', citedText: 'x', unit: 'page', start: 1, end: 2 },
        ],
        at,
      },
    );
    expect(message.content).toBe('First. Second. Third.');
    const cited = (start_index: number, end_index: number) => ({
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index, end_index },
    });
    expect(message.annotations).toEqual([cited(7, 14), cited(8, 10)]);
  });

  it('case 37: thoughts are readable, and sealed so that they come back to none but their maker', () => {
    const seals: ReasoningSeal[] = [
      { origin: 'anthropic', provider: 'anthropic', data: 'Eq+/=ä' },
      { origin: 'anthropic', provider: 'anthropic', data: 'empty' },
      { origin: 'anthropic-redacted', provider: 'anthropic', data: 'hidden' },
      { origin: 'openai', provider: 'openai', data: 'enc', id: 'rs_1' },
    ];
    const texts = ['Hm.', '', '', 'Sum.'];
    const message = messageOf(
      ...seals.map((seal, i) => ({ type: 'reasoning' as const, text: texts[i] ?? '', seal, at })),
      { type: 'text', text: 'hi', at },
    );
    expect(message.reasoning_content).toBe('Hm.Sum.');
    const blocks = objectsIn(message.thinking_blocks);
    expect(blocks.map(({ type }) => type)).toEqual([
      'thinking',
      'redacted_thinking',
      'redacted_thinking',
      'thinking',
    ]);
    expect(blocks.map(({ signature, data }) => unpackSeal(String(signature ?? data), 'gemini'))).toEqual(
      seals,
    );

    const again = chatClient.readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }, message, { role: 'user', content: 'y' }],
    }).messages[1];
    expect(
      again?.content.flatMap((part) => (part.type === 'reasoning' ? [[part.text, part.seal]] : [])),
    ).toEqual(seals.map((seal, i) => [texts[i], seal]));
  });

  it('case 41: thoughts without a seal are text alone', () => {
    expect(
      messageOf({ type: 'reasoning', text: 'Hm.', seal: null, at }, { type: 'text', text: 'hi', at }),
    ).toEqual({
      role: 'assistant',
      content: 'hi',
      refusal: null,
      reasoning_content: 'Hm.',
    });
  });

  it('case 46: log probabilities pass', () => {
    const logprobs = { content: [{ token: 'hi', logprob: -0.1, bytes: null, top_logprobs: [] }] };
    expect(choiceOf(write({ logprobs })).logprobs).toEqual(logprobs);
    const choices = [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop', logprobs }];
    expect(chatProvider.readReply({ choices }, readContext()).logprobs).toEqual(logprobs);
  });

  it('case 49: the tier by OpenAI’s names alone', () => {
    expect(write({ serviceTier: 'standard' }).service_tier).toBe('default');
    expect(write({ serviceTier: 'priority' }).service_tier).toBe('priority');
    expect(write({ serviceTier: 'on_demand' })).not.toHaveProperty('service_tier');
  });
});
