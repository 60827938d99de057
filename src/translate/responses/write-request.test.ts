import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { ToolResultPart, UserPart } from '../hub/conversation.ts';
import { assistant, user, written } from './testing.ts';

const at = 'messages[1]';
const text = (text: string) => ({ type: 'text', text, at }) as const;
const call = (id: string, more: object = {}) =>
  ({ type: 'tool_call', id, name: 'f', arguments: '{"a": 1}', kind: 'function', at, ...more }) as const;
const result = (callId: string, more: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: 'tool_result',
  callId,
  content: [text('done')],
  isError: false,
  kind: 'function',
  at,
  ...more,
});
const hinted = (place: string) => `${place}.cache_control`;
const said = (...content: UserPart[]) => written({ messages: [{ role: 'user', content, at }] });

describe('the input', () => {
  it('case 29: instructions of the top are instructions, all others stay where they stood', () => {
    const { body } = written({
      messages: [
        { role: 'system', origin: 'top', content: [text('a'), text('b')], at },
        user('hello'),
        { role: 'system', origin: 'developer', content: [text('c')], at },
        { role: 'system', origin: 'system', content: [text('d'), text('e')], at },
      ],
    });
    expect(body).toMatchObject({
      instructions: 'a\n\nb',
      input: [
        { role: 'user', content: 'hello' },
        { role: 'developer', content: 'c' },
        {
          role: 'system',
          content: [
            { type: 'input_text', text: 'd' },
            { type: 'input_text', text: 'e' },
          ],
        },
      ],
    });
  });

  it('cases 19 and 57: calls and results are items of their own and meet in call_id', () => {
    const { input } = written({
      messages: [
        user('go'),
        assistant([text(''), text('well'), call('a'), call('b')]),
        { role: 'user', content: [result('a'), result('b'), text('and?')], at },
      ],
    });
    expect(input).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'well' }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"a": 1}' },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{"a": 1}' },
      { type: 'function_call_output', call_id: 'a', output: 'done' },
      { type: 'function_call_output', call_id: 'b', output: 'done' },
      { role: 'user', content: 'and?' },
    ]);
  });

  it('case 23: ids and names that OpenAI does not take get another form, the same at both ends', () => {
    const id = 'functions.f:0';
    const { input } = written({
      tools: [{ kind: 'function', name: 'my.tool', schema: null, strict: null, at }],
      messages: [assistant([call(id, { name: 'my.tool' })]), { role: 'user', content: [result(id)], at }],
    });
    expect(input[0]?.call_id).toMatch(/^functions_f_0_\w+$/);
    expect(input[1]?.call_id).toBe(input[0]?.call_id);
    expect(input[0]?.name).toMatch(/^my_tool_\w+$/);
  });

  it('case 20: a result may hold pictures and files, and says itself that it failed', () => {
    const picture = { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, at } as const;
    const { input } = said(
      result('a', { content: [text('see'), picture] }),
      result('b', { isError: true }),
      result('c', { isError: true, content: [] }),
      result('d', { isError: true, content: [picture] }),
      result('e', { content: [] }),
    );
    expect(input.map(({ output }) => output)).toEqual([
      [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: 'https://x.example/a.png' },
      ],
      'Error: done',
      'Error',
      [
        { type: 'input_text', text: 'Error:' },
        { type: 'input_image', image_url: 'https://x.example/a.png' },
      ],
      '',
    ]);
  });

  it('case 26: custom tools are native here', () => {
    const { body, input } = written({
      tools: [
        { kind: 'custom', name: 'p', description: 'd', format: { type: 'grammar' }, at },
        { kind: 'custom', name: 'q', format: null, at },
      ],
      toolChoice: { type: 'tool', name: 'p' },
      messages: [
        assistant([call('a', { name: 'p', kind: 'custom', arguments: '*** Begin' })]),
        { role: 'user', content: [result('a', { kind: 'custom' })], at },
      ],
    });
    expect(body).toMatchObject({
      tools: [
        { type: 'custom', name: 'p', description: 'd', format: { type: 'grammar' } },
        { type: 'custom', name: 'q' },
      ],
      tool_choice: { type: 'custom', name: 'p' },
    });
    expect(input).toEqual([
      { type: 'custom_tool_call', call_id: 'a', name: 'p', input: '*** Begin' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'done' },
    ]);
  });

  it('case 32: pictures as data, by address and as a file', () => {
    const { input } = said(
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, detail: 'low', at },
      { type: 'image', source: { kind: 'file', id: 'file-1' }, at },
    );
    expect(input[0]?.content).toEqual([
      { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'low' },
      { type: 'input_image', file_id: 'file-1' },
    ]);
  });

  it('case 32: ids of files pass, but for those that Anthropic gave out', () => {
    const { input, unsupported } = said(
      { type: 'document', source: { kind: 'file', id: 'file-1' }, at },
      { type: 'document', source: { kind: 'file', id: 'file_011' }, title: 't', at: 'a' },
      { type: 'image', source: { kind: 'file', id: 'file_012' }, at: 'b' },
    );
    expect(input[0]?.content).toEqual([{ type: 'input_file', file_id: 'file-1' }]);
    expect(unsupported).toEqual(['a', 'b']);
  });

  it('case 34: what cannot be said takes its message along where nothing else is in it, by name', () => {
    const audio = { type: 'audio', format: 'wav', data: 'AA', at: 'a' } as const;
    const file = { type: 'image', source: { kind: 'file', id: 'file_1' }, at: 'f' } as const;
    const { input, unsupported, omitted } = written({
      messages: [
        user('go'),
        assistant([{ type: 'document', source: { kind: 'text', text: 'x' }, at: 'd' }], 'messages[1]'),
        { role: 'user', content: [audio], at: 'messages[2]' },
        assistant([call('c')], 'messages[3]'),
        { role: 'user', content: [result('c', { content: [file] }), audio], at: 'messages[4]' },
      ],
    });
    expect(input).toEqual([
      { role: 'user', content: 'go' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a": 1}' },
      { type: 'function_call_output', call_id: 'c', output: '' },
    ]);
    expect(unsupported).toEqual(['d', 'a', 'f', 'a']);
    expect(omitted).toEqual(['messages[1]', 'messages[2]']);
  });

  it('case 42: hints for a cache are named where they stand', () => {
    const cache = { ttl: '5m' } as const;
    const { omitted } = written({
      cache,
      tools: [{ kind: 'function', name: 'f', schema: null, strict: null, at: 'tools[0]', cache }],
      messages: [
        { role: 'system', origin: 'top', content: [{ ...text('s'), at: 'system[0]', cache }], at: 'system' },
        assistant([{ ...call('a'), at: 'messages[0].content[0]', cache }]),
        {
          role: 'user',
          at: 'messages[1]',
          content: [
            result('a', {
              at: 'messages[1].content[0]',
              cache,
              content: [{ ...text('1'), at: 'messages[1].content[0].content[0]', cache }],
            }),
          ],
        },
      ],
    });
    expect(omitted.toSorted()).toEqual(
      [
        'cache_control',
        ...['tools[0]', 'system[0]', 'messages[0].content[0]', 'messages[1].content[0]'].map(hinted),
        hinted('messages[1].content[0].content[0]'),
      ].toSorted(),
    );
  });

  it('case 33: documents as files, or as the text that they are', () => {
    const { input, unsupported } = said(
      {
        type: 'document',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA' },
        title: 'My plan',
        at,
      },
      { type: 'document', source: { kind: 'url', url: 'https://x.example/a.pdf' }, context: 'c', at },
      { type: 'document', source: { kind: 'text', text: 'body' }, title: 't', context: 'c', at },
      { type: 'document', source: { kind: 'content', parts: [text('x')] }, at },
    );
    expect(input[0]?.content).toEqual([
      { type: 'input_file', filename: 'My plan.pdf', file_data: 'data:application/pdf;base64,AA' },
      { type: 'input_text', text: 'c' },
      { type: 'input_file', file_url: 'https://x.example/a.pdf' },
      { type: 'input_text', text: 't' },
      { type: 'input_text', text: 'c' },
      { type: 'input_text', text: 'body' },
      { type: 'input_text', text: 'x' },
    ]);
    expect(unsupported).toEqual([]);
  });

  it('cases 34 and 35: no speech, and no citations of documents', () => {
    const { unsupported } = said(
      { type: 'audio', format: 'wav', data: 'AA', at: 'a' },
      { type: 'document', source: { kind: 'text', text: 'x' }, citations: true, at: 'd' },
    );
    expect(unsupported).toEqual(['d.citations', 'a'].toSorted());
  });

  it('case 24: what another provider’s own tools did stays behind, named', () => {
    const raw = { type: 'server_tool_use' };
    const search = {
      type: 'server_tool',
      id: 's',
      name: 'web_search',
      phase: 'call',
      raw,
      at: 'messages[1].content[0]',
    } as const;
    const { input, omitted } = written({ messages: [user('a'), assistant([search, text('b')]), user('c')] });
    expect(input.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(omitted).toEqual(['messages[1].content[0]']);
  });

  it('case 30: an empty turn is no item', () => {
    expect(written({ messages: [user('a'), assistant([text('')]), user('b')] }).input).toHaveLength(2);
  });

  it('case 31: words in the assistant’s mouth at the end cannot be continued', () => {
    expect(written({ messages: [user('a'), assistant([text('{')])] }).unsupported).toEqual(['messages[1]']);
    expect(written({ messages: [user('a'), assistant([text('{')]), user('b')] }).unsupported).toEqual([]);
  });

  it('case 36: the name of a speaker stays behind', () => {
    const { omitted } = written({ messages: [{ role: 'user', content: [text('a')], name: 'Ann', at }] });
    expect(omitted).toEqual(['messages[1].name']);
  });

  it('case 42: hints for a cache stay behind', () => {
    const { omitted, body } = said(
      { ...text('a'), cache: { ttl: '5m' }, at: 'a' },
      { ...text('b'), cache: { ttl: '1h' }, at: 'b' },
    );
    expect(omitted).toEqual(['a.cache_control', 'b.cache_control']);
    expect(JSON.stringify(body)).not.toContain('cache');
  });

  it('case 52: a refusal goes back as one', () => {
    const { input } = written({ messages: [assistant([{ type: 'refusal', text: 'no', at }]), user('why')] });
    expect(input[0]).toEqual({ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] });
  });
});

describe('reasoning', () => {
  const reasoning = (origin: 'openai' | 'anthropic', provider: string | null, more = {}) =>
    assistant([
      { type: 'reasoning', text: 'hm', seal: { origin, provider, data: 'gAAA', ...more }, at },
      call('a'),
    ]);

  it('case 38: goes back to its maker as it was sealed', () => {
    const { input } = written({ messages: [reasoning('openai', 'acme', { id: 'rs_1' })] });
    expect(input[0]).toEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'gAAA',
    });
  });

  it.each([
    ['another provider', reasoning('openai', 'azure-openai')],
    ['another family', reasoning('anthropic', 'acme')],
    ['nobody', assistant([{ type: 'reasoning', text: 'hm', seal: null, at }, call('a')])],
  ])('cases 38 and 41: sealed by %s it stays behind', (_, message) => {
    const { input, omitted } = written({ messages: [message] });
    expect(input.map(({ type }) => type)).toEqual(['function_call']);
    expect(omitted).toEqual([at]);
  });

  it.each([
    ['o4-mini', true],
    ['gpt-5.2', true],
    ['openai/gpt-5-mini', true],
    ['grok-4.3', true],
    ['openai.gpt-oss-20b', false],
    ['gpt-5-chat-latest', false],
    ['gpt-4o', false],
    ['my-deployment', false],
  ])('case 38: nothing is stored, and %s is asked to seal its reasoning: %s', (model, asked) => {
    const { body } = written({}, model);
    expect(body.store).toBe(false);
    expect(body.include).toEqual(asked ? ['reasoning.encrypted_content'] : undefined);
  });

  it.each([
    [
      { effort: 'low', summary: 'auto' },
      { effort: 'low', summary: 'auto' },
    ],
    [{ enabled: true, budgetTokens: 2000 }, { effort: 'low' }],
  ] as const)(
    'case 38: whoever asks for reasoning gets it sealed from a model of unknown name',
    (asked, sent) => {
      const { body } = written({ reasoning: asked }, 'my-deployment');
      expect(body).toMatchObject({ include: ['reasoning.encrypted_content'], reasoning: sent });
    },
  );

  it.each([
    [1024, 'low'],
    [5000, 'medium'],
    [10_000, 'high'],
  ])('case 39: a budget of %d is the effort %s', (budgetTokens, effort) => {
    expect(written({ reasoning: { enabled: true, budgetTokens } }).body.reasoning).toEqual({ effort });
  });

  it('case 39: turned off has no word that all models take', () => {
    expect(written({ reasoning: { enabled: false } })).toMatchObject({ omitted: ['reasoning'] });
    expect(written({ reasoning: { effort: 'none' } }).body).toMatchObject({ reasoning: { effort: 'none' } });
    expect(written({ reasoning: { enabled: true, adaptive: true } }).body.reasoning).toBeUndefined();
  });
});

describe('the tools', () => {
  const tool = (schema: JsonObject | null, strict: boolean | null = null) =>
    written({ tools: [{ kind: 'function', name: 'f', schema, strict, at }] }).body.tools;

  it('case 22: silence about strict is said as false, and a schema says that it is an object’s', () => {
    expect(tool(null)).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ]);
    expect(tool({ properties: { a: {} }, $defs: {} }, true)).toEqual([
      {
        type: 'function',
        name: 'f',
        parameters: { type: 'object', properties: { a: {} }, $defs: {} },
        strict: true,
      },
    ]);
  });

  it('case 25: the web search; its own limit is that of all calls', () => {
    const { body, unsupported } = written({
      tools: [
        {
          kind: 'web_search',
          maxUses: 2,
          contextSize: 'high',
          allowedDomains: ['a.example'],
          blockedDomains: ['b.example'],
          userLocation: { type: 'approximate', city: 'Rome' },
          at: 'tools[0]',
        },
      ],
    });
    expect(body).toMatchObject({
      tools: [
        {
          type: 'web_search',
          search_context_size: 'high',
          filters: { allowed_domains: ['a.example'] },
          user_location: { type: 'approximate', city: 'Rome' },
        },
      ],
      max_tool_calls: 2,
    });
    expect(unsupported).toEqual(['tools[0].blocked_domains']);
  });

  it('case 26: tools that only another provider runs are refused', () => {
    const { unsupported, body } = written({
      tools: [{ kind: 'server', type: 'bash_20250124', at: 'tools[0]' }],
    });
    expect(unsupported).toEqual(['tools[0]']);
    expect(body.tools).toBeUndefined();
  });

  it('cases 16 and 17: the choice lies flat', () => {
    const choice = (toolChoice: Parameters<typeof written>[0]['toolChoice']) =>
      written({ ...(toolChoice ? { toolChoice } : {}) }).body.tool_choice;
    expect(choice({ type: 'required' })).toBe('required');
    expect(choice({ type: 'none' })).toBe('none');
    expect(choice({ type: 'tool', name: 'f' })).toEqual({ type: 'function', name: 'f' });
    expect(choice({ type: 'allowed', mode: 'auto', names: ['f'] })).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [{ type: 'function', name: 'f' }],
    });
    expect(written({ parallelToolCalls: false }).body.parallel_tool_calls).toBe(false);
  });
});

describe('the settings', () => {
  it('case 43: max_output_tokens is there only if the client said it', () => {
    expect(written({}).body).toEqual({
      model: 'gpt-4.1',
      input: [{ role: 'user', content: 'hello' }],
      store: false,
    });
    expect(written({ maxOutputTokens: 5, stream: true }).body).toMatchObject({
      max_output_tokens: 5,
      stream: true,
    });
  });

  it('cases 45, 46 and 47: what Responses has no word for is refused by the client’s own', () => {
    const { unsupported } = written({
      stop: ['x'],
      topK: 3,
      choices: 2,
      seed: 1,
      logitBias: { 1: 1 },
      frequencyPenalty: 1,
      presencePenalty: 1,
    });
    expect(unsupported.toSorted()).toEqual(
      [
        'choices',
        'frequencyPenalty',
        'logitBias',
        'presencePenalty',
        'seed',
        'stop_sequences',
        'top_k',
      ].toSorted(),
    );
  });

  it('case 46: probabilities come with whole answers alone', () => {
    expect(written({ topLogprobs: 2 }).body).toMatchObject({
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
    });
    expect(written({ topLogprobs: 2, stream: true }).unsupported).toEqual(['topLogprobs']);
  });

  it('case 48: text.format lies flat', () => {
    const schema = { type: 'object' };
    expect(
      written({ responseFormat: { type: 'json_schema', name: 'n', schema, strict: null }, verbosity: 'low' })
        .body.text,
    ).toEqual({ format: { type: 'json_schema', name: 'n', schema }, verbosity: 'low' });
    expect(written({ responseFormat: { type: 'json_object' } }).body.text).toEqual({
      format: { type: 'json_object' },
    });
  });

  it('case 44: temperature and top_p go as they are', () => {
    expect(written({ temperature: 1.5, topP: 0.5 }).body).toMatchObject({ temperature: 1.5, top_p: 0.5 });
  });

  it('case 49: names of service tiers differ', () => {
    const tier = (serviceTier: string) => written({ serviceTier });
    expect(tier('flex').body.service_tier).toBe('flex');
    expect(tier('standard_only').body.service_tier).toBe('default');
    expect(tier('gold')).toMatchObject({ omitted: ['serviceTier'] });
  });

  it('case 36: who the user is, in the 64 characters that OpenAI takes', () => {
    expect(written({ userId: 'u' }).body.user).toBe('u');
    const long = written({ userId: `user_${'x'.repeat(90)}` }).body.user;
    expect(long).toHaveLength(64);
    expect(long).not.toBe(written({ userId: `user_${'x'.repeat(91)}` }).body.user);
  });

  it('case 50: what another dialect alone has is refused, but for hints and what goes by the same name', () => {
    const { body, unsupported, omitted } = written({
      others: {
        prediction: {},
        store: true,
        safety_identifier: 's',
        stream_options: { include_usage: true },
      },
      metadata: { a: 'b' },
      promptCacheKey: 'k',
    });
    expect(unsupported).toEqual(['prediction']);
    expect(omitted).toEqual(['store', 'stream_options']);
    expect(body).toMatchObject({
      safety_identifier: 's',
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      store: false,
    });
  });
});
