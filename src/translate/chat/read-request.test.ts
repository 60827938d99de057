import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import type { Conversation } from '../hub/conversation.ts';
import { packSeal } from '../hub/seal.ts';
import { chatClient } from './translator.ts';

const hello: JsonObject[] = [{ role: 'user', content: 'hello' }];

const read = (body: JsonObject): Conversation =>
  chatClient.readRequest({ model: 'm', messages: hello, ...body });
const readMessages = (...messages: JsonObject[]) => read({ messages }).messages;
const readPart = (part: JsonObject) => readMessages({ role: 'user', content: [part] })[0]?.content[0];

/** The field that the reader refuses. */
function refused(body: JsonObject): string | null {
  try {
    read(body);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect((error as GatewayError).code).toBe('invalid_request');
    expect((error as GatewayError).message).toContain(`"${(error as GatewayError).param}"`);
    return (error as GatewayError).param;
  }
  return null;
}

const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const calling = (...ids: string[]): JsonObject => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(call),
});
const result = (id: string, content: JsonValue = 'ok'): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content,
});

describe('messages', () => {
  it('case 28: instructions stay where the client put them, under the name it gave them', () => {
    const messages = readMessages(
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'developer', content: [{ type: 'text', text: 'c' }] },
      { role: 'user', content: 'd' },
    );
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'system', 'user']);
    expect(messages[0]).toMatchObject({ origin: 'system', at: 'messages[0]' });
    expect(messages[2]).toMatchObject({
      origin: 'developer',
      content: [{ type: 'text', text: 'c', at: 'messages[2].content[0]' }],
    });
  });

  it('case 30: messages of one role that follow each other stay apart, and null beside calls is no text', () => {
    const messages = readMessages(
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
      calling('c1'),
      result('c1'),
      { role: 'assistant', content: '', tool_calls: [call('c2')] },
      result('c2'),
    );
    expect(messages.map(({ role }) => role)).toEqual([
      'user',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    expect(messages[2]?.content.map(({ type }) => type)).toEqual(['tool_call']);
    expect(messages[4]?.content.map(({ type }) => type)).toEqual(['tool_call']);
  });

  it('case 31: an assistant message at the end is kept, as the beginning of the answer', () => {
    expect(readMessages(...hello, { role: 'assistant', content: 'Sure:' }).at(-1)).toMatchObject({
      role: 'assistant',
      content: [{ type: 'text', text: 'Sure:' }],
    });
  });

  it('case 32: images as data and by URL, with their detail', () => {
    const image = (url: string, detail?: string) =>
      readPart({ type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } });
    expect(image('data:image/PNG;base64,AAAA')).toEqual({
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
      at: 'messages[0].content[0]',
    });
    expect(image('https://a.example/b.png', 'low')).toMatchObject({
      source: { kind: 'url', url: 'https://a.example/b.png' },
      detail: 'low',
    });
    expect(image('https://a.example/b.png', 'auto')).not.toHaveProperty('detail');
    expect(
      refused({
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] },
        ],
      }),
    ).toBe('messages[0].content[0].image_url.url');
  });

  it('case 33: documents as files, by id, as bare base64, and as images that are none', () => {
    const file = (file: JsonObject) => readPart({ type: 'file', file });
    const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' };
    expect(file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' })).toMatchObject({
      type: 'document',
      source: pdf,
      title: 'a.pdf',
    });
    expect(file({ filename: 'a.pdf', file_data: 'AAAA' })).toMatchObject({ source: pdf });
    expect(file({ file_id: 'file-1' })).toMatchObject({
      type: 'document',
      source: { kind: 'file', id: 'file-1' },
    });
    expect(file({ file_data: 'data:image/png;base64,AAAA' })).toMatchObject({ type: 'image' });
    expect(
      readPart({ type: 'image_url', image_url: { url: 'data:application/pdf;base64,AAAA' } }),
    ).toMatchObject({ type: 'document', source: pdf });
  });

  it('case 34: audio comes in as such; asking for audio out is named', () => {
    expect(readPart({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } })).toMatchObject({
      type: 'audio',
      format: 'wav',
      data: 'AAAA',
    });
    const { others } = read({ modalities: ['text', 'audio'], audio: { voice: 'ash', format: 'wav' } });
    expect(Object.keys(others)).toEqual(['modalities', 'audio']);
    expect(read({ modalities: ['text'] }).others).toEqual({});
    expect(
      read({ messages: [...hello, { role: 'assistant', audio: { id: 'audio_1' } }] }).others,
    ).toHaveProperty(['messages[1].audio']);
  });

  it('case 35: annotations of an earlier answer are citations of its text', () => {
    const [, answer] = readMessages(...hello, {
      role: 'assistant',
      content: 'See there.',
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://a.example', title: 'A', start_index: 4, end_index: 9 },
        },
      ],
    });
    expect(answer?.content).toMatchObject([
      { type: 'text', citations: [{ kind: 'url', url: 'https://a.example', title: 'A', start: 4, end: 9 }] },
    ]);
  });

  it('case 36: names of users and assistants are kept, a system message’s is named', () => {
    const { messages, others } = read({
      messages: [
        { role: 'system', content: 'x', name: 'example_user' },
        { role: 'user', content: 'y', name: 'ann' },
        { role: 'assistant', content: 'z', name: 'bot' },
        { role: 'user', content: 'y' },
      ],
    });
    expect(messages.map((message) => ('name' in message ? message.name : undefined))).toEqual([
      undefined,
      'ann',
      'bot',
      undefined,
    ]);
    expect(others).toEqual({ 'messages[0].name': 'example_user' });
  });

  it('case 52: a refusal is one, as a field and as a part', () => {
    const refusal = { type: 'refusal', text: 'No.' };
    const [, field, part] = readMessages(
      ...hello,
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    );
    expect(field?.content).toMatchObject([refusal]);
    expect(part?.content).toMatchObject([refusal]);
  });

  it.each([
    ['messages', { messages: [] }],
    ['messages', { messages: 'hello' }],
    ['messages[0]', { messages: ['hello'] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'function', name: 'f', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }],
    ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'system', content: [{ type: 'image_url' }] }] }],
    [
      'messages[0].function_call',
      { messages: [{ role: 'assistant', function_call: { name: 'f', arguments: '' } }] },
    ],
    ['temperature', { temperature: 'hot' }],
    ['stream', { stream: 'yes' }],
    ['stop', { stop: [1] }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['reasoning_effort', { reasoning_effort: 'enormous' }],
    ['thinking.type', { thinking: { type: 'hard' } }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['response_format.json_schema.name', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['tools[0].type', { tools: [{ type: 'web_search' }] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { tool_choice: 'any' }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['function_call', { function_call: 'auto' }],
  ] as [string, JsonObject][])('refuses a wrong %s: %j', (field, body) => expect(refused(body)).toBe(field));
});

describe('tools', () => {
  it('case 19: results that follow each other are one turn, each with the name and kind of its call', () => {
    const messages = readMessages(
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        tool_calls: [call('a'), { id: 'b', type: 'custom', custom: { name: 'grep', input: 'x' } }],
      },
      result('b', 'two'),
      result('a', [{ type: 'text', text: 'one' }]),
      { role: 'user', content: 'and?' },
    );
    expect(messages).toHaveLength(4);
    expect(messages[2]).toMatchObject({
      role: 'user',
      content: [
        { type: 'tool_result', callId: 'b', name: 'grep', kind: 'custom', isError: false, at: 'messages[2]' },
        { type: 'tool_result', callId: 'a', name: 'f', kind: 'function', at: 'messages[3]' },
      ],
    });
  });

  it.each([
    ['a result without any call', [result('a')], 'messages[1].tool_call_id'],
    [
      'a result of another turn',
      [calling('a'), result('a'), { role: 'user', content: '' }, result('a')],
      'messages[4].tool_call_id',
    ],
    ['a result twice', [calling('a'), result('a'), result('a')], 'messages[3].tool_call_id'],
    [
      'a call without result',
      [calling('a', 'b'), result('a'), { role: 'user', content: 'x' }],
      'messages[1].tool_calls[1]',
    ],
    ['a call at the end', [calling('a')], 'messages[1].tool_calls[0]'],
  ] as [string, JsonObject[], string][])(
    'case 19: %s is refused, as OpenAI refuses it',
    (_, messages, field) => {
      expect(refused({ messages: [...hello, ...messages] })).toBe(field);
    },
  );

  it('case 20: what servers take beside text in a result is kept', () => {
    const [, , results] = readMessages(
      ...hello,
      calling('a'),
      result('a', [
        { type: 'text', text: 'a cat' },
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
      ]),
    );
    expect(results?.content).toMatchObject([{ content: [{ type: 'text' }, { type: 'image' }] }]);
    expect(
      refused({
        messages: [
          ...hello,
          calling('a'),
          result('a', [{ type: 'input_audio', input_audio: { data: '', format: 'mp3' } }]),
        ],
      }),
    ).toBe('messages[2].content[0]');
  });

  it('case 21: arguments stay the text that they are: invalid JSON, big numbers, spacing, key order', () => {
    for (const text of ['{"b": 1,  "a": 12345678901234567890}', '{"a": ', 'null']) {
      const [, answer] = readMessages(
        ...hello,
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: text } }],
        },
        result('a'),
      );
      expect(answer?.content).toMatchObject([{ arguments: text }]);
    }
  });

  it('case 9: no arguments are an empty object', () => {
    const [, answer] = readMessages(
      ...hello,
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      result('a'),
    );
    expect(answer?.content).toMatchObject([{ arguments: '{}' }]);
  });

  it('case 22: schemas and strictness as the client said them; nothing said is not false', () => {
    const schema = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/x' } },
      $defs: { x: { type: 'string' } },
    };
    const { tools } = read({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: schema, strict: true } },
        { type: 'function', function: { name: 'g' } },
        {
          type: 'custom',
          custom: { name: 'h', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        },
        { type: 'custom', custom: { name: 'i', format: { type: 'text' } } },
      ],
    });
    expect(tools).toMatchObject([
      { kind: 'function', name: 'f', description: 'd', schema, strict: true, at: 'tools[0]' },
      { kind: 'function', name: 'g', schema: null, strict: null },
      { kind: 'custom', name: 'h', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      { kind: 'custom', name: 'i', format: null },
    ]);
  });

  it('case 25: web_search_options are a tool that searches, with a flat location', () => {
    const { tools } = read({
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Ulm', country: 'DE' } },
      },
    });
    expect(tools).toEqual([
      {
        kind: 'web_search',
        contextSize: 'low',
        userLocation: { type: 'approximate', city: 'Ulm', country: 'DE' },
        at: 'web_search_options',
      },
    ]);
  });

  it.each([
    ['auto', undefined],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'g' } },
          ],
        },
      },
      { type: 'allowed', mode: 'required', names: ['f', 'g'] },
    ],
  ] as [JsonValue, unknown][])('case 16: the choice %j', (tool_choice, expected) => {
    expect(read({ tool_choice }).toolChoice).toEqual(expected);
  });

  it('case 17: parallel calls count as said only where they are turned off', () => {
    expect(read({ parallel_tool_calls: false }).parallelToolCalls).toBe(false);
    expect(read({ parallel_tool_calls: true })).not.toHaveProperty('parallelToolCalls');
  });
});

describe('reasoning', () => {
  const thoughts = (message: JsonObject) => {
    const [, answer] = readMessages(...hello, { role: 'assistant', content: 'x', ...message });
    return answer?.content.filter(({ type }) => type === 'reasoning');
  };

  it('case 37: a sealed thought comes back byte for byte, before what was said, and knows its maker', () => {
    const data = 'EqQB+/=\u00e4';
    const seal = { origin: 'anthropic', provider: 'anthropic', data } as const;
    const [, answer] = readMessages(
      ...hello,
      {
        role: 'assistant',
        content: 'x',
        tool_calls: [call('a')],
        reasoning_content: 'Hm. ',
        thinking_blocks: [
          { type: 'thinking', thinking: 'Hm. ', signature: packSeal(seal) },
          { type: 'redacted_thinking', data: packSeal({ ...seal, origin: 'anthropic-redacted' }) },
          { type: 'redacted_thinking', data: packSeal(seal) },
        ],
      },
      result('a'),
    );
    expect(answer?.content).toMatchObject([
      { type: 'reasoning', text: 'Hm. ', seal },
      { type: 'reasoning', text: '', seal: { ...seal, origin: 'anthropic-redacted' } },
      { type: 'reasoning', text: '', seal },
      { type: 'text', text: 'x' },
      { type: 'tool_call' },
    ]);
  });

  it('case 37: blocks that the gateway never made are Anthropic’s own, of whoever', () => {
    expect(
      thoughts({ thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: 'raw' }] }),
    ).toMatchObject([{ text: 'a', seal: { origin: 'anthropic', provider: null, data: 'raw' } }]);
  });

  it('keeps Gemini’s seal on the call that it is asked back for', () => {
    const seal = { origin: 'gemini', provider: 'google', data: 'sig' } as const;
    const [, answer] = readMessages(
      ...hello,
      {
        role: 'assistant',
        content: 'x',
        tool_calls: [call('a')],
        thinking_blocks: [{ type: 'redacted_thinking', data: packSeal(seal) }],
      },
      result('a'),
    );
    expect(answer?.content.map(({ type }) => type)).toEqual(['text', 'reasoning', 'tool_call']);
  });

  it.each(['reasoning_content', 'reasoning'])(
    'case 41: %s has no seal, so nobody takes it for signed',
    (field) => {
      expect(thoughts({ [field]: 'Hm.' })).toMatchObject([{ text: 'Hm.', seal: null }]);
    },
  );

  it('takes Mistral’s thoughts back as they were given', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }], closed: true },
      { type: 'text', text: 'Hi.' },
    ];
    expect(readMessages(...hello, { role: 'assistant', content })[1]?.content).toMatchObject([
      { type: 'reasoning', text: 'Hm.', seal: null },
      { type: 'text', text: 'Hi.' },
    ]);
  });

  it.each([
    [{ reasoning_effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ reasoning_effort: null }, undefined],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { enabled: true, budgetTokens: 2000 }],
    [{ thinking: { type: 'disabled' } }, { enabled: false }],
    [
      { thinking: { type: 'adaptive' }, reasoning_effort: 'low' },
      { enabled: true, adaptive: true, effort: 'low' },
    ],
  ] as [JsonObject, unknown][])('case 39: %j is read as it was said', (body, expected) => {
    expect(read(body).reasoning).toEqual(expected);
  });
});

describe('settings', () => {
  it('case 42: cache hints on parts, tools and results; one on a message is its last part’s', () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' };
    const { messages, tools, cache } = read({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a', cache_control }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'b' },
            { type: 'text', text: 'c' },
          ],
          cache_control: { type: 'ephemeral' },
        },
        calling('t'),
        { ...result('t'), cache_control },
        {
          role: 'user',
          content: [{ type: 'text', text: 'd', prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f' }, cache_control }],
      cache_control: { type: 'ephemeral' },
    });
    expect(messages[0]?.content).toMatchObject([{ cache: { ttl: '1h' } }]);
    expect(messages[1]?.content[0]).not.toHaveProperty('cache');
    expect(messages[1]?.content[1]).toMatchObject({ cache: { ttl: '5m' } });
    expect(messages[3]?.content).toMatchObject([{ cache: { ttl: '1h' } }]);
    expect(messages[4]?.content).toMatchObject([{ cache: { ttl: '5m' } }]);
    expect(tools).toMatchObject([{ cache: { ttl: '1h' } }]);
    expect(cache).toEqual({ ttl: '5m' });
  });

  it('case 43: max_completion_tokens before its older name', () => {
    expect(read({ max_tokens: 5 }).maxOutputTokens).toBe(5);
    expect(read({ max_tokens: 5, max_completion_tokens: 7 }).maxOutputTokens).toBe(7);
    expect(read({})).not.toHaveProperty('maxOutputTokens');
  });

  it('case 44: temperatures above 1 are kept for the writer to judge', () => {
    expect(read({ temperature: 1.7, top_p: 0.5 })).toMatchObject({ temperature: 1.7, topP: 0.5 });
  });

  it('case 45: stop as text and as list; none is not said', () => {
    expect(read({ stop: 'END' }).stop).toEqual(['END']);
    expect(read({ stop: ['a', 'b'] }).stop).toEqual(['a', 'b']);
    expect(read({ stop: [] })).not.toHaveProperty('stop');
    expect(read({ stop: null })).not.toHaveProperty('stop');
  });

  it('case 46: what changes the answer is said, what is the default is not', () => {
    const said = read({
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      logit_bias: { 50256: -100 },
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      seed: 7,
      prediction: { type: 'content', content: 'x' },
    });
    expect(said).toMatchObject({
      choices: 2,
      topLogprobs: 3,
      logitBias: { 50256: -100 },
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      seed: 7,
      others: { prediction: { type: 'content', content: 'x' } },
    });
    const silent = read({
      n: 1,
      logprobs: false,
      top_logprobs: 0,
      logit_bias: {},
      frequency_penalty: 0,
      presence_penalty: 0,
      seed: null,
      prediction: null,
      store: false,
      stream_options: { include_usage: true },
      response_format: { type: 'text' },
      tool_choice: 'auto',
      parallel_tool_calls: true,
      metadata: {},
      service_tier: 'auto',
      verbosity: 'medium',
      tools: [],
      prompt_cache_options: { mode: 'implicit' },
    });
    expect(silent).toEqual(read({}));
    expect(read({ logprobs: true }).topLogprobs).toBe(0);
  });

  it('case 48: JSON with and without a schema', () => {
    const format = (response_format: JsonObject) => read({ response_format }).responseFormat;
    expect(format({ type: 'json_object' })).toEqual({ type: 'json_object' });
    expect(
      format({ type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } }),
    ).toEqual({
      type: 'json_schema',
      name: 'n',
      schema: { type: 'object' },
      strict: true,
    });
    expect(format({ type: 'json_schema', json_schema: { name: 'n' } })).toMatchObject({
      schema: {},
      strict: null,
    });
  });

  it('case 36: the user, under its new name before its old one', () => {
    expect(read({ user: 'a' }).userId).toBe('a');
    expect(read({ user: 'a', safety_identifier: 'b' }).userId).toBe('b');
  });

  it('names what it does not know, at any depth, and leaves what SDKs put on answers alone', () => {
    const { others } = read({
      moderation: { model: 'x' },
      store: true,
      enable_thinking: false,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x', weight: 2 }], mood: 'bad' },
        {
          role: 'assistant',
          content: 'y',
          parsed: { a: 1 },
          reasoning_details: [{}],
          annotations: [],
          audio: null,
        },
      ],
    });
    expect(Object.keys(others).sort()).toEqual([
      'enable_thinking',
      'messages[0].content[0].weight',
      'messages[0].mood',
      'moderation',
      'store',
    ]);
  });
});
