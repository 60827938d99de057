import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Conversation } from '../hub/conversation.ts';
import { packSeal } from '../hub/seal.ts';
import { messagesClient } from './translator.ts';

const messages = [{ role: 'user', content: 'hi' }];

function read(body: JsonObject): Conversation {
  return messagesClient.readRequest({ model: 'm', max_tokens: 9, messages, ...body });
}

function partsOf(role: string, ...content: JsonValue[]) {
  return read({ messages: [{ role, content }] }).messages[0]?.content;
}

describe('settings', () => {
  it('are read where they say something', () => {
    const body = {
      stream: true,
      temperature: 0.2,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['X'],
      metadata: { user_id: 'u' },
      cache_control: { type: 'ephemeral', ttl: '1h' },
    };
    expect(read(body)).toEqual({
      model: 'm',
      stream: true,
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'hi', at: 'messages[0].content' }],
          at: 'messages[0]',
        },
      ],
      tools: [],
      maxOutputTokens: 9,
      temperature: 0.2,
      topP: 0.9,
      topK: 5,
      stop: ['X'],
      userId: 'u',
      cache: { ttl: '1h' },
      others: {},
    });
  });

  it('that change nothing are not', () => {
    const { others, ...rest } = read({
      service_tier: 'auto',
      tool_choice: { type: 'auto' },
      stop_sequences: [],
      tools: [],
      container: null,
      mcp_servers: [],
      speed: 'standard',
    });
    expect(others).toEqual({});
    expect(Object.keys(rest)).toEqual(['model', 'stream', 'messages', 'tools', 'maxOutputTokens']);
  });

  it('case 59: what only this dialect has is kept by its name, whatever it is', () => {
    const only = {
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      mcp_servers: [{ type: 'url', url: 'https://x.invalid' }],
      container: 'c',
      inference_geo: 'us',
      something_new: 1,
    };
    expect(read(only).others).toEqual(only);
    expect(read({ output_config: { task_budget: { type: 'tokens', total: 1 } } }).others).toHaveProperty(
      'output_config.task_budget',
    );
  });

  it('case 49: only the standard tier is what OpenAI calls the default', () => {
    expect(read({ service_tier: 'standard_only' }).serviceTier).toBe('default');
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 4000 } }, { enabled: true, budgetTokens: 4000 }],
    [{ thinking: { type: 'disabled' } }, { enabled: false }],
    [
      { thinking: { type: 'adaptive', display: 'summarized' } },
      { enabled: true, adaptive: true, summary: 'auto' },
    ],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
      { enabled: true, adaptive: true, effort: 'xhigh' },
    ],
    [{ output_config: { effort: 'low' } }, { effort: 'low' }],
    [{ thinking: { type: 'between_tools' } }, { effort: 'low' }],
  ])('case 39: %j is %j', (body, reasoning) => expect(read(body).reasoning).toEqual(reasoning));

  it('case 48: a schema is strict where OpenAI can hold to it too', () => {
    const strict = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const format = (schema: JsonObject) =>
      read({ output_config: { format: { type: 'json_schema', schema } } }).responseFormat;
    expect(format(strict)).toEqual({ type: 'json_schema', name: 'response', schema: strict, strict: true });
    expect(format({ ...strict, required: [] })).toMatchObject({ strict: null });
  });

  it('case 48: the older name of the format is read too, and the newer one counts', () => {
    const said = (type: string) => ({ type: 'json_schema', schema: { type } });
    expect(read({ output_format: said('object') })).toMatchObject({
      responseFormat: { type: 'json_schema', schema: { type: 'object' } },
      others: {},
    });
    const both = read({ output_format: said('array'), output_config: { format: said('object') } });
    expect(both.responseFormat).toMatchObject({ schema: { type: 'object' } });
    expect(() => read({ output_format: { type: 'json' } })).toThrow('"output_format.type"');
  });

  it.each([
    [{ messages: 'x' }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b' }] }] },
      'messages[0].content[0].input',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'x' } }] }] },
      'messages[0].content[0].source.type',
    ],
    [{ system: [{ type: 'image' }] }, 'system[0].type'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ tool_choice: { type: 'some' } }, 'tool_choice.type'],
    [{ tools: [{ input_schema: {} }] }, 'tools[0].name'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ output_config: { effort: 'huge' } }, 'output_config.effort'],
  ])('refuses %j naming %s', (body, param) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });
});

describe('messages', () => {
  it('case 28: instructions of the top come first, those between stay in place', () => {
    const system = [
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'b' },
    ];
    const all = read({ system, messages: [...messages, { role: 'system', content: 'c' }] }).messages;
    expect(all.map(({ role, at }) => [role, at])).toEqual([
      ['system', 'system'],
      ['user', 'messages[0]'],
      ['system', 'messages[1]'],
    ]);
    expect(all[0]).toMatchObject({
      origin: 'top',
      content: [
        { text: 'a', cache: { ttl: '5m' }, at: 'system[0]' },
        { text: 'b', at: 'system[1]' },
      ],
    });
    expect(read({ system: 's' }).messages[0]?.content).toEqual([{ type: 'text', text: 's', at: 'system' }]);
  });

  it('case 32, case 33: images, documents and search results of users', () => {
    const parts = partsOf(
      'user',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'd' },
        title: 't',
        context: 'c',
        citations: { enabled: true },
      },
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'p' }] } },
      { type: 'document', source: { type: 'file', file_id: 'file_1' } },
      {
        type: 'search_result',
        source: 'https://x.invalid',
        title: 's',
        content: [{ type: 'text', text: 'r' }],
      },
    );
    expect(parts).toMatchObject([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } },
      { type: 'document', source: { kind: 'text', text: 'd' }, title: 't', context: 'c', citations: true },
      { type: 'document', source: { kind: 'content', parts: [{ type: 'text', text: 'p' }] } },
      { type: 'document', source: { kind: 'file', id: 'file_1' } },
      { type: 'document', source: { kind: 'content' }, title: 's', context: 'https://x.invalid' },
    ]);
  });

  it('case 19, case 20, case 21: calls with their input as text, results with name, failure and images', () => {
    const conversation = read({
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: { b: 1, a: [] } }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              is_error: true,
              content: [
                { type: 'text', text: 'no' },
                { type: 'image', source: { type: 'url', url: 'https://x.invalid' } },
              ],
              cache_control: { type: 'ephemeral' },
            },
            { type: 'tool_result', tool_use_id: 't1' },
          ],
        },
      ],
    });
    expect(conversation.messages[0]?.content).toMatchObject([
      { type: 'tool_call', id: 't1', name: 'f', arguments: '{"b":1,"a":[]}', kind: 'function' },
    ]);
    expect(conversation.messages[1]?.content).toMatchObject([
      {
        type: 'tool_result',
        callId: 't1',
        name: 'f',
        isError: true,
        content: [{ type: 'text', text: 'no' }, { type: 'image' }],
        cache: { ttl: '5m' },
      },
      { content: [], isError: false },
    ]);
  });

  it('case 37, case 38: thinking is as it came; what the gateway packed is again another provider’s', () => {
    const seal = { origin: 'openai', provider: 'openai', data: 'enc', id: 'rs_1' } as const;
    const parts = partsOf(
      'assistant',
      { type: 'thinking', thinking: ' hm\n', signature: 'Sig==' },
      { type: 'thinking', thinking: '', signature: 'E' },
      { type: 'redacted_thinking', data: 'R' },
      { type: 'thinking', thinking: 'unsigned', signature: '' },
      { type: 'redacted_thinking', data: packSeal(seal) },
      { type: 'text', text: 'so' },
    );
    expect(parts).toMatchObject([
      { text: ' hm\n', seal: { origin: 'anthropic', provider: null, data: 'Sig==' } },
      { text: '', seal: { origin: 'anthropic', data: 'E' } },
      { text: '', seal: { origin: 'anthropic-redacted', data: 'R' } },
      { text: 'unsigned', seal: null },
      { text: '', seal },
      { type: 'text' },
    ]);
  });

  it('case 24: server tools are no calls of the client; unknown blocks are kept by their path', () => {
    const use = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const result = { type: 'web_search_tool_result', tool_use_id: 's', content: [] };
    const upload = { type: 'container_upload', file_id: 'f' };
    const conversation = read({ messages: [{ role: 'assistant', content: [use, result, upload] }] });
    expect(conversation.messages[0]?.content).toMatchObject([
      { type: 'server_tool', id: 's', name: 'web_search', phase: 'call', raw: use },
      { type: 'server_tool', id: 's', name: 'web_search', phase: 'result', raw: result },
    ]);
    expect(conversation.others).toEqual({ 'messages[0].content[2]': upload });
  });

  it('case 35: citations of what was said before', () => {
    const citation = {
      type: 'page_location',
      cited_text: 'c',
      document_index: 0,
      document_title: 'd',
      start_page_number: 1,
      end_page_number: 2,
    };
    expect(partsOf('assistant', { type: 'text', text: 'x', citations: [citation] })).toMatchObject([
      {
        citations: [
          { kind: 'document', index: 0, title: 'd', citedText: 'c', unit: 'page', start: 1, end: 2 },
        ],
      },
    ]);
  });
});

describe('tools', () => {
  it('case 22, case 25: own ones, web search of any date, and others', () => {
    const { tools, others } = read({
      tools: [
        {
          name: 'f',
          description: 'd',
          input_schema: { type: 'object' },
          strict: true,
          eager_input_streaming: true,
          cache_control: { type: 'ephemeral' },
        },
        {
          type: 'web_search_20260209',
          name: 'web_search',
          max_uses: 3,
          blocked_domains: ['x.example'],
          user_location: { type: 'approximate', city: 'Oslo' },
        },
        { type: 'bash_20250124', name: 'bash' },
        {
          type: 'custom',
          name: 'g',
          input_schema: { type: 'object' },
          input_examples: [{}],
          allowed_callers: ['direct'],
          defer_loading: false,
        },
      ],
    });
    expect(tools).toEqual([
      {
        kind: 'function',
        name: 'f',
        description: 'd',
        schema: { type: 'object' },
        strict: true,
        cache: { ttl: '5m' },
        at: 'tools[0]',
      },
      {
        kind: 'web_search',
        maxUses: 3,
        blockedDomains: ['x.example'],
        userLocation: { type: 'approximate', city: 'Oslo' },
        at: 'tools[1]',
      },
      { kind: 'server', type: 'bash_20250124', at: 'tools[2]' },
      { kind: 'function', name: 'g', schema: { type: 'object' }, strict: null, at: 'tools[3]' },
    ]);
    expect(others).toEqual({ 'tools[3].input_examples': [{}] });
  });

  it.each([
    [{ type: 'any' }, { toolChoice: { type: 'required' } }],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
    [{ type: 'tool', name: 'f' }, { toolChoice: { type: 'tool', name: 'f' } }],
    [{ type: 'auto', disable_parallel_tool_use: true }, { parallelToolCalls: false }],
  ])('case 16, case 17: %j is %j', (tool_choice, expected) => {
    const { toolChoice, parallelToolCalls } = read({ tool_choice });
    expect({ toolChoice, parallelToolCalls }).toEqual({
      toolChoice: undefined,
      parallelToolCalls: undefined,
      ...expected,
    });
  });
});
