import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import type { Conversation } from '../hub/conversation.ts';
import { loseOthers } from '../hub/lose.ts';
import { LossList } from '../hub/losses.ts';
import { packSeal } from '../hub/seal.ts';
import { responsesClient } from './translator.ts';

const read = (said: JsonObject): Conversation =>
  responsesClient.readRequest({ model: 'm', input: 'hello', ...said });
const messagesOf = (...input: JsonObject[]) => read({ input }).messages;

function problemOf(said: JsonObject): { message: string; param: string | null } {
  try {
    read(said);
  } catch (error) {
    if (error instanceof GatewayError) return { message: error.message, param: error.param };
    throw error;
  }
  throw new Error('it was taken');
}

const call = (id: string, more: JsonObject = {}): JsonObject => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: '{"a":1}',
  ...more,
});
const output = (id: string, said: JsonValue = 'done'): JsonObject => ({
  type: 'function_call_output',
  call_id: id,
  output: said,
});

describe('the input', () => {
  it('is one text of the user', () => {
    expect(read({ input: 'hi' }).messages).toEqual([
      { role: 'user', at: 'input', content: [{ type: 'text', text: 'hi', at: 'input' }] },
    ]);
  });

  it('case 28: has system and developer messages anywhere, and a message needs no type', () => {
    const roles = messagesOf(
      { role: 'user', content: 'a' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'b' }] },
      { role: 'system', content: 'c' },
    ).map((message) => [message.role, message.role === 'system' ? message.origin : '', message.at]);
    expect(roles).toEqual([
      ['user', '', 'input[0]'],
      ['system', 'developer', 'input[1]'],
      ['system', 'system', 'input[2]'],
    ]);
  });

  it('case 29: instructions stand before all of it', () => {
    const [first] = read({ instructions: 'be kind' }).messages;
    expect(first).toMatchObject({ role: 'system', origin: 'top', content: [{ text: 'be kind' }] });
    expect(read({ instructions: null }).messages).toHaveLength(1);
  });

  it('case 30: one turn of the assistant may lie in several items, and so may its results', () => {
    const messages = messagesOf(
      { role: 'user', content: 'go' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'well' }] },
      call('a'),
      call('b', { arguments: '' }),
      output('a'),
      output('b', ''),
      { role: 'user', content: 'and?' },
    );
    expect(messages.map(({ role, content }) => [role, content.map(({ type }) => type)])).toEqual([
      ['user', ['text']],
      ['assistant', ['reasoning', 'text', 'tool_call', 'tool_call']],
      ['user', ['tool_result', 'tool_result']],
      ['user', ['text']],
    ]);
    expect(messages[1]?.content[3]).toMatchObject({ id: 'b', arguments: '{}', kind: 'function' });
    expect(messages[2]?.content[1]).toMatchObject({ callId: 'b', name: 'f', content: [] });
  });

  it('case 57: a result refers to the call_id, never to the id of the item', () => {
    const [turn] = messagesOf(call('call_7'), output('call_7'));
    expect(turn?.content[0]).toMatchObject({ type: 'tool_call', id: 'call_7' });
    expect(problemOf({ input: [call('call_7'), output('fc_call_7')] }).param).toBe('input[1].call_id');
  });

  it('case 19: a result without its call is refused, and a call without its result', () => {
    expect(problemOf({ input: [output('x')] })).toEqual({
      message: 'The field "input[0].call_id" is "x", and no call in the input has that id.',
      param: 'input[0].call_id',
    });
    expect(problemOf({ input: [call('x')] }).param).toBe('input[0]');
  });

  it('case 20: outputs hold pictures and files too', () => {
    const parts = [
      { type: 'input_text', text: 'see' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'input_file', file_id: 'file-1' },
    ];
    const [, results] = messagesOf(call('a'), output('a', parts));
    expect(results?.content[0]).toMatchObject({
      content: [
        { type: 'text', text: 'see', at: 'input[1].output[0]' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
        { type: 'document', source: { kind: 'file', id: 'file-1' } },
      ],
    });
  });

  it('case 21: arguments stay the text they are', () => {
    const text = '{ "n": 12345678901234567890, "b":1,"a":2 }';
    const [turn] = messagesOf(call('a', { arguments: text }), output('a'));
    expect(turn?.content[0]).toMatchObject({ arguments: text });
  });

  it('case 24: a search of the provider is no call of the client’s', () => {
    const item = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } };
    expect(messagesOf(item)[0]?.content).toEqual([
      { type: 'server_tool', id: 'ws_1', name: 'web_search', phase: 'call', raw: item, at: 'input[0]' },
    ]);
  });

  it('case 26: custom tools are called with free text', () => {
    const [turn, results] = messagesOf(
      { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: '*** Begin' },
      { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' },
    );
    expect(turn?.content[0]).toMatchObject({ kind: 'custom', arguments: '*** Begin' });
    expect(results?.content[0]).toMatchObject({ kind: 'custom', name: 'patch' });
  });

  it('case 32: pictures come as data, by address or as a file', () => {
    const [message] = messagesOf({
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'https://x.example/a.png', detail: 'high' },
        { type: 'input_image', image_url: 'data:image/jpeg;base64,BB==', detail: 'auto' },
        { type: 'input_image', file_id: 'file-9' },
      ],
    });
    expect(message?.content).toEqual([
      {
        type: 'image',
        source: { kind: 'url', url: 'https://x.example/a.png' },
        detail: 'high',
        at: 'input[0].content[0]',
      },
      {
        type: 'image',
        source: { kind: 'base64', mediaType: 'image/jpeg', data: 'BB==' },
        at: 'input[0].content[1]',
      },
      { type: 'image', source: { kind: 'file', id: 'file-9' }, at: 'input[0].content[2]' },
    ]);
  });

  it('case 33: files are documents, also a PDF that was sent as a picture', () => {
    const [message] = messagesOf({
      role: 'user',
      content: [
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,CC' },
        { type: 'input_file', filename: 'a.txt', file_data: 'DD' },
        { type: 'input_file', file_url: 'https://x.example/a.pdf' },
        { type: 'input_image', image_url: 'data:application/pdf;base64,EE' },
      ],
    });
    expect(message?.content).toMatchObject([
      { type: 'document', title: 'a.pdf', source: { mediaType: 'application/pdf', data: 'CC' } },
      { type: 'document', title: 'a.txt', source: { mediaType: 'text/plain', data: 'DD' } },
      { type: 'document', source: { kind: 'url', url: 'https://x.example/a.pdf' } },
      { type: 'document', source: { mediaType: 'application/pdf', data: 'EE' } },
    ]);
  });

  it('case 34: speech is there for targets that can hear', () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } };
    expect(messagesOf({ role: 'user', content: [audio] })[0]?.content).toMatchObject([
      { type: 'audio', format: 'wav', data: 'AA' },
    ]);
  });

  it('case 35: what an old answer cited stays with its text', () => {
    const annotations = [{ type: 'url_citation', url: 'u', title: 't', start_index: 1, end_index: 3 }];
    const content = [{ type: 'output_text', text: 'abcd', annotations }];
    expect(messagesOf({ role: 'assistant', content })[0]?.content).toMatchObject([
      { citations: [{ kind: 'url', url: 'u', title: 't', start: 1, end: 3 }] },
    ]);
  });

  it('case 52: refusals of old answers are refusals', () => {
    const content = [{ type: 'refusal', refusal: 'no' }];
    expect(messagesOf({ role: 'assistant', content })[0]?.content).toMatchObject([
      { type: 'refusal', text: 'no' },
    ]);
  });

  it('case 38: reasoning comes back to whoever sealed it', () => {
    const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
    const seal = { origin: 'anthropic', provider: 'anthropic', data: 'sig==' } as const;
    const summary = [{ type: 'summary_text', text: 'hm\n\nso' }];
    const packed = { type: 'reasoning', id: 'rs_2', summary, encrypted_content: packSeal(seal) };
    expect(messagesOf(own, packed)[0]?.content).toEqual([
      {
        type: 'reasoning',
        text: '',
        seal: { origin: 'openai', provider: null, data: 'gAAA', id: 'rs_1' },
        at: 'input[0]',
      },
      { type: 'reasoning', text: 'hm\n\nso', seal, at: 'input[1]' },
    ]);
  });

  it('case 38: reasoning of open models is read from its content', () => {
    const item = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] };
    expect(messagesOf(item)[0]?.content).toMatchObject([{ text: 'hm', seal: null }]);
  });

  it('keeps a wish to cache, at the nearest time that others have', () => {
    const part = (ttl?: string) => ({
      type: 'input_text',
      text: 'x',
      prompt_cache_breakpoint: { mode: 'explicit', ...(ttl ? { ttl } : {}) },
    });
    const [message] = messagesOf({ role: 'user', content: [part(), part('12h')] });
    expect(message?.content).toMatchObject([{ cache: { ttl: '5m' } }, { cache: { ttl: '1h' } }]);
  });
});

describe('what lives at a provider', () => {
  function refusalsOf(said: JsonObject): Record<string, string> {
    const losses = new LossList({});
    loseOthers(read(said), losses);
    return Object.fromEntries(losses.unsupportedFields.map(({ field, why }) => [field, why]));
  }

  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['input[0]', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input[0]', { input: [{ id: 'msg_1' }] }],
  ])('case 50: %s is refused with the reason', (field, said) => {
    expect(refusalsOf(said)[field]).toMatch(/state that lives at the provider that made it/);
  });

  it('case 50: an answer in the background is refused too', () => {
    expect(refusalsOf({ background: true }).background).toMatch(/lives at the provider/);
    expect(refusalsOf({ background: false })).toEqual({});
  });

  it('case 50: with it, results may lack their calls', () => {
    expect(read({ previous_response_id: 'resp_1', input: [output('x')] }).messages).toHaveLength(1);
  });

  it('case 50: to store an answer is a wish that no answer depends on', () => {
    const losses = new LossList({});
    loseOthers(read({ store: true }), losses);
    expect(losses).toMatchObject({ omittedFields: ['store'], unsupportedFields: [] });
    expect(read({ store: false }).others).toEqual({});
  });

  it('case 26: items of tools that only OpenAI has are refused', () => {
    const items = ['local_shell_call', 'shell_call', 'computer_call', 'apply_patch_call', 'tool_search_call'];
    const input = items.map((type) => ({ type, call_id: type }));
    expect(Object.keys(refusalsOf({ input }))).toEqual(items.map((_, i) => `input[${i}]`));
  });
});

describe('the tools', () => {
  it('case 22: functions lie flat, and who is silent about strict stays silent', () => {
    const parameters = { $defs: {}, properties: {} };
    const { tools } = read({
      tools: [
        { type: 'function', name: 'f', parameters, description: 'd' },
        { type: 'function', name: 'g', parameters: null, strict: true },
      ],
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'f', description: 'd', schema: parameters, strict: null, at: 'tools[0]' },
      { kind: 'function', name: 'g', schema: null, strict: true, at: 'tools[1]' },
    ]);
  });

  it('case 26: custom tools and their grammar', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
    const { tools } = read({
      tools: [
        { type: 'custom', name: 'a', format },
        { type: 'custom', name: 'b', format: { type: 'text' } },
      ],
    });
    expect(tools).toMatchObject([
      { kind: 'custom', name: 'a', format },
      { kind: 'custom', name: 'b', format: null },
    ]);
  });

  it('case 26: tools that a provider runs keep their type, so that they can be refused by it', () => {
    const types = ['local_shell', 'tool_search', 'namespace', 'mcp', 'computer', 'file_search', 'shell'];
    const { tools } = read({ tools: types.map((type) => ({ type })) });
    expect(tools).toEqual(types.map((type, i) => ({ kind: 'server', type, at: `tools[${i}]` })));
  });

  it.each(['web_search', 'web_search_preview', 'web_search_2025_08_26', 'web_search_preview_2025_03_11'])(
    'case 25: %s is the web search',
    (type) => {
      const tool = {
        type,
        search_context_size: 'low',
        filters: { allowed_domains: ['a.example'] },
        user_location: { type: 'approximate', country: 'DE' },
      };
      expect(read({ tools: [tool], max_tool_calls: 3 })).toMatchObject({
        tools: [
          {
            kind: 'web_search',
            contextSize: 'low',
            allowedDomains: ['a.example'],
            userLocation: { type: 'approximate', country: 'DE' },
            maxUses: 3,
          },
        ],
        others: {},
      });
    },
  );

  it('case 25: a limit of calls limits nothing where the provider runs no tools', () => {
    expect(read({ max_tool_calls: 3 }).others).toEqual({});
    expect(read({ max_tool_calls: 3, tools: [{ type: 'code_interpreter' }] }).others).toEqual({
      max_tool_calls: 3,
    });
  });

  it('what is unknown of a tool is not lost', () => {
    const tool = { type: 'function', name: 'f', defer_loading: true, async: false, output_schema: { a: 1 } };
    expect(read({ tools: [tool] }).others).toEqual({
      'tools[0].defer_loading': true,
      'tools[0].output_schema': { a: 1 },
    });
  });

  it('case 16: the choice of a tool lies flat', () => {
    const choiceOf = (tool_choice: JsonValue) => read({ tool_choice }).toolChoice;
    expect(choiceOf('auto')).toBeUndefined();
    expect(choiceOf('required')).toEqual({ type: 'required' });
    expect(choiceOf({ type: 'function', name: 'f' })).toEqual({ type: 'tool', name: 'f' });
    expect(choiceOf({ type: 'custom', name: 'g' })).toEqual({ type: 'tool', name: 'g' });
    const tools = [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'g' },
    ];
    expect(choiceOf({ type: 'allowed_tools', mode: 'required', tools })).toEqual({
      type: 'allowed',
      mode: 'required',
      names: ['f', 'g'],
    });
  });

  it('case 16: to demand a tool that the provider runs has no form elsewhere', () => {
    const choice = { type: 'file_search' };
    expect(read({ tool_choice: choice })).toMatchObject({ others: { tool_choice: choice } });
    const allowed = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 'x' }] };
    expect(read({ tool_choice: allowed }).others).toEqual({ tool_choice: allowed });
  });

  it('case 17: only the wish for one call at a time says something', () => {
    expect(read({ parallel_tool_calls: true }).parallelToolCalls).toBeUndefined();
    expect(read({ parallel_tool_calls: false }).parallelToolCalls).toBe(false);
  });
});

describe('the settings', () => {
  it('what is null or the default everywhere says nothing', () => {
    const said = {
      temperature: null,
      store: false,
      truncation: 'disabled',
      background: false,
      stream_options: { include_obfuscation: false },
      service_tier: 'auto',
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      top_logprobs: 0,
      include: ['reasoning.encrypted_content'],
      metadata: {},
      reasoning: { effort: null, summary: null },
    };
    expect(read(said)).toEqual(read({}));
  });

  it('cases 36, 43, 44 and 49: plain ones go by their names', () => {
    const said = {
      max_output_tokens: 99,
      temperature: 0.5,
      top_p: 0.9,
      service_tier: 'flex',
      user: 'u',
      prompt_cache_key: 'k',
      metadata: { a: 'b' },
    };
    expect(read(said)).toMatchObject({
      maxOutputTokens: 99,
      temperature: 0.5,
      topP: 0.9,
      serviceTier: 'flex',
      userId: 'u',
      promptCacheKey: 'k',
      metadata: { a: 'b' },
      others: {},
    });
  });

  it('case 36: safety_identifier is who the user is, and is kept apart where both are said', () => {
    expect(read({ safety_identifier: 's' })).toMatchObject({ userId: 's', others: {} });
    expect(read({ safety_identifier: 's', user: 'u' })).toMatchObject({
      userId: 'u',
      others: { safety_identifier: 's' },
    });
  });

  it('case 39: effort and summary', () => {
    expect(read({ reasoning: { effort: 'high', summary: 'auto' } }).reasoning).toEqual({
      effort: 'high',
      summary: 'auto',
    });
    expect(problemOf({ reasoning: { effort: 'huge' } }).param).toBe('reasoning.effort');
    expect(read({ reasoning: { mode: 'pro' } }).others).toEqual({ 'reasoning.mode': 'pro' });
  });

  it('case 46: probabilities are asked for by include', () => {
    expect(read({ include: ['message.output_text.logprobs'] }).topLogprobs).toBe(0);
    expect(read({ include: ['message.output_text.logprobs'], top_logprobs: 4 }).topLogprobs).toBe(4);
    expect(read({ include: ['web_search_call.results'] }).others).toEqual({
      include: ['web_search_call.results'],
    });
  });

  it('case 48: text.format lies flat', () => {
    const schema = { type: 'object' };
    expect(read({ text: { format: { type: 'json_object' } } }).responseFormat).toEqual({
      type: 'json_object',
    });
    expect(
      read({ text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' } }),
    ).toMatchObject({
      responseFormat: { type: 'json_schema', name: 'n', schema, strict: true },
      verbosity: 'low',
    });
  });

  it('case 45: there is no stop, so whoever sends one is told', () => {
    expect(read({ stop: ['x'], frobnicate: 1 }).others).toEqual({ stop: ['x'], frobnicate: 1 });
  });
});

it.each<[string, JsonObject]>([
  ['input', { input: null }],
  ['input', { input: [], instructions: 'x' }],
  ['input', { input: 7 }],
  ['input[0]', { input: ['x'] }],
  ['input[0].role', { input: [{ role: 'tool', content: 'x' }] }],
  ['input[0].content', { input: [{ role: 'user' }] }],
  ['input[0].content[0].type', { input: [{ role: 'user', content: [{ type: 'image_url' }] }] }],
  ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
  ['input[0].content[0].text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
  ['input[0].call_id', { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }],
  ['instructions', { instructions: ['x'] }],
  ['tools', { tools: {} }],
  ['tools[0].type', { tools: [{ name: 'f' }] }],
  ['tools[0].name', { tools: [{ type: 'function' }] }],
  ['tools[0].parameters', { tools: [{ type: 'function', name: 'f', parameters: 'x' }] }],
  ['tool_choice', { tool_choice: 'any' }],
  ['temperature', { temperature: '1' }],
  ['max_tool_calls', { max_tool_calls: 'x' }],
  ['text.format.type', { text: { format: { type: 'xml' } } }],
  ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n' } } }],
])('a wrong %s is refused by that name', (field, said) => {
  const { message, param } = problemOf(said);
  expect(param).toBe(field);
  expect(message).toContain(`"${field}"`);
});
