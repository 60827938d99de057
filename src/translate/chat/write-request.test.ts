import { describe, expect, it } from 'vitest';
import { catalogueRow } from '../../config/catalogue.ts';
import type { JsonObject } from '../../domain/call.ts';
import type { ChatTraits } from '../../domain/provider.ts';
import { objectsIn } from '../../json.ts';
import type {
  AssistantPart,
  FunctionTool,
  Message,
  ReasoningSeal,
  Tool,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../hub/conversation.ts';
import { LossList } from '../hub/losses.ts';
import { OPENAI_NAMES, ToolNames } from '../hub/tool-names.ts';
import { conversationOf, providerWith, user, written } from './testing.ts';
import { chatProvider } from './translator.ts';

const at = 'x';
const openai: ChatTraits = catalogueRow('openai')?.chat ?? {};
const mistral: ChatTraits = catalogueRow('mistral')?.chat ?? {};

const text = (text: string): { type: 'text'; text: string; at: string } => ({ type: 'text', text, at });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content, at });
const users = (...content: UserPart[]): Message => ({ role: 'user', content, at });
const call = (id: string, more: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: 'tool_call',
  id,
  name: 'f',
  arguments: '{"a":1}',
  kind: 'function',
  at,
  ...more,
});
const result = (
  callId: string,
  content: ToolResultPart['content'],
  more: Partial<ToolResultPart> = {},
): ToolResultPart => ({
  type: 'tool_result',
  callId,
  content,
  isError: false,
  kind: 'function',
  at,
  ...more,
});
const tool = (name: string, more: Partial<FunctionTool> = {}): FunctionTool => ({
  kind: 'function',
  name,
  schema: { type: 'object', properties: {} },
  strict: null,
  at: 'tools[0]',
  ...more,
});

describe('messages', () => {
  const system = (origin: 'top' | 'system' | 'developer', ...texts: string[]): Message => ({
    role: 'system',
    content: texts.map(text),
    origin,
    at,
  });

  it('case 28: instructions keep their place; developer is a role of OpenAI alone', () => {
    const messages = [system('top', 'a', 'b'), user('c'), system('developer', 'd'), user('e')];
    expect(written({ messages }).messages).toEqual([
      { role: 'system', content: 'a\nb' },
      { role: 'user', content: 'c' },
      { role: 'system', content: 'd' },
      { role: 'user', content: 'e' },
    ]);
    expect(written({ messages }, openai).messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'developer',
      'user',
    ]);
  });

  it('case 30: content is null beside calls, messages of one role stay apart, nothing is left of an empty one', () => {
    const { messages } = written({
      messages: [
        user('a'),
        user('b'),
        assistant(call('1')),
        users(result('1', [])),
        assistant(),
        assistant(text('c')),
        assistant(text('d')),
        user('e'),
      ],
    });
    expect(messages).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'assistant', content: null, tool_calls: [expect.anything()] },
      { role: 'tool', tool_call_id: '1', content: '' },
      { role: 'assistant', content: 'c' },
      { role: 'assistant', content: 'd' },
      { role: 'user', content: 'e' },
    ]);
  });

  it('case 19: the calls of a turn are one message, their results stand right behind it, then what else was said', () => {
    const { messages } = written({
      messages: [
        user('go'),
        assistant(text('I look.')),
        assistant(call('1')),
        assistant(call('2')),
        users(text('By the way'), result('1', [text('one')])),
        users(result('2', [text('two')]), text('hurry')),
      ],
    });
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user', 'user']);
    expect(messages[1]).toMatchObject({ content: 'I look.', tool_calls: [{ id: '1' }, { id: '2' }] });
    expect(messages.slice(2).map(({ content }) => content)).toEqual(['one', 'two', 'By the way', 'hurry']);
  });

  it('case 20: a result is text, its pictures and documents follow from the user, its failure is said', () => {
    const { messages, unsupported } = written({
      messages: [
        user('go'),
        assistant(call('1'), call('2'), call('3')),
        users(
          result('1', [
            text('a'),
            { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, at },
            text('b'),
            { type: 'document', source: { kind: 'text', text: 'long' }, at },
          ]),
          result('2', [text('no such file')], { isError: true }),
          result('3', [], { isError: true }),
          text('so?'),
        ),
      ],
    });
    expect(messages.slice(2)).toEqual([
      {
        role: 'tool',
        tool_call_id: '1',
        content: 'a\nb\n(What is not text follows in the next user message.)',
      },
      { role: 'tool', tool_call_id: '2', content: 'Error: no such file' },
      { role: 'tool', tool_call_id: '3', content: 'Error' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of the tool call 1:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'text', text: 'long' },
          { type: 'text', text: 'so?' },
        ],
      },
    ]);
    expect(unsupported).toEqual([]);
  });

  it('case 21: arguments are written as the text that they are', () => {
    const big = '{"b": 12345678901234567890,  "a": ';
    const { messages } = written({
      messages: [
        user('x'),
        assistant(call('1', { arguments: big }), call('2', { arguments: '' })),
        users(result('1', []), result('2', [])),
      ],
    });
    expect(messages[1]).toMatchObject({
      tool_calls: [{ function: { arguments: big } }, { function: { arguments: '{}' } }],
    });
  });

  it('case 23: ids of calls in the form that the target takes, the same for the call and its result', () => {
    const ids = (id: string, chat: ChatTraits) => {
      const { messages } = written(
        { messages: [user('x'), assistant(call(id)), users(result(id, []))] },
        chat,
      );
      const [made] = objectsIn(messages[1]?.tool_calls);
      expect(messages[2]?.tool_call_id).toBe(made?.id);
      return String(made?.id);
    };
    const long = 'fc_0f0e50a1476a6c35006912c58dc9f8819192c25864eb16f07f';
    expect(ids(long, {})).toBe(long);
    expect(ids(long, openai)).toHaveLength(40);
    expect(ids('toolu_01A', openai)).toBe('toolu_01A');
    expect(ids('toolu_01A', mistral)).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(ids('toolu_01A', mistral)).not.toBe(ids('toolu_01B', mistral));
    expect(ids('x', mistral)).toHaveLength(9);
    expect(ids('VzeppoSaq', mistral)).toBe('VzeppoSaq');
  });

  it('case 24: a tool that another provider ran is no call of the client’s', () => {
    const { messages, omitted } = written({
      messages: [
        user('x'),
        assistant(
          {
            type: 'server_tool',
            id: 's',
            name: 'web_search',
            phase: 'call',
            raw: {},
            at: 'messages[1].content[0]',
          },
          {
            ...text('Found.'),
            citations: [{ kind: 'url', url: 'https://a.example', title: 'A' }],
            at: 'messages[1].content[1]',
          },
        ),
        user('y'),
      ],
    });
    expect(messages[1]).toEqual({ role: 'assistant', content: 'Found.' });
    expect(omitted).toEqual(['messages[1].content[0]', 'messages[1].content[1].citations']);
  });

  it('case 31: an answer that is begun goes on only where the server can be told', () => {
    const messages = [user('x'), assistant({ ...text('{'), at: 'messages[1].content' })];
    const refused = written({ messages });
    expect(refused.unsupported).toEqual(['x']);
    expect(refused.messages).toHaveLength(1);
    expect(written({ messages }, mistral)).toMatchObject({
      unsupported: [],
      messages: [{}, { role: 'assistant', content: '{', prefix: true }],
    });
  });

  it('case 32: images as data and by URL; another provider’s file cannot be shown', () => {
    const { messages, unsupported } = written({
      messages: [
        users(
          { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' }, detail: 'low', at },
          { type: 'image', source: { kind: 'file', id: 'file_1' }, at: 'messages[0].content[1]' },
        ),
      ],
    });
    expect(messages[0]?.content).toEqual([
      { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'low' } },
    ]);
    expect(unsupported).toEqual(['messages[0].content[1]']);
  });

  it('case 33: documents as files, as text with their title and context; never by URL, never cited', () => {
    const { messages, unsupported } = written({
      messages: [
        users(
          {
            type: 'document',
            source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' },
            title: 'a.pdf',
            at,
          },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, at },
          { type: 'document', source: { kind: 'file', id: 'file-1' }, at },
          {
            type: 'document',
            source: { kind: 'text', text: 'body' },
            title: 'T',
            context: 'C',
            citations: true,
            at: 'd',
          },
          { type: 'document', source: { kind: 'content', parts: [text('piece')] }, at },
          { type: 'document', source: { kind: 'url', url: 'https://a.example/b.pdf' }, at: 'e' },
        ),
      ],
    });
    const data = 'data:application/pdf;base64,AAAA';
    expect(messages[0]?.content).toEqual([
      { type: 'file', file: { filename: 'a.pdf', file_data: data } },
      { type: 'file', file: { filename: 'document.pdf', file_data: data } },
      { type: 'file', file: { file_id: 'file-1' } },
      ...['T', 'C', 'body', 'piece'].map((text) => ({ type: 'text', text })),
    ]);
    expect(unsupported).toEqual(['d.citations', 'e']);
  });

  it('case 32: ids of files pass, but for those that Anthropic gave out', () => {
    const file = (id: string, at: string) =>
      ({ type: 'document', source: { kind: 'file', id }, at }) as const;
    const { messages, unsupported } = written({
      messages: [users(file('file-1', 'a'), file('file_011', 'b'), file('5e0c7a', 'c'))],
    });
    expect(messages[0]?.content).toEqual([
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', file: { file_id: '5e0c7a' } },
    ]);
    expect(unsupported).toEqual(['b']);
  });

  it('case 32: what cannot be said takes its message along where nothing else is in it, by name', () => {
    const file = {
      type: 'document',
      source: { kind: 'url', url: 'https://a.example/b.pdf' },
      at: 'f',
    } as const;
    const { messages, unsupported, omitted } = written({
      messages: [
        user('x'),
        { ...assistant(file), at: 'messages[1]' },
        { ...users(file), at: 'messages[2]' },
        assistant(call('1')),
        { ...users(result('1', [file])), at: 'messages[4]' },
      ],
    });
    expect(messages).toMatchObject([
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [{ id: '1' }] },
      { role: 'tool', tool_call_id: '1', content: '' },
    ]);
    expect(messages).toHaveLength(3);
    expect([unsupported, omitted]).toEqual([
      ['f', 'f', 'f'],
      ['messages[1]', 'messages[2]'],
    ]);
  });

  it('case 34: audio goes in as it came', () => {
    const audio = { type: 'audio', format: 'mp3', data: 'AAAA', at } as const;
    expect(written({ messages: [users(audio)] }).messages[0]?.content).toEqual([
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    ]);
  });

  it('case 52: an earlier refusal is one for OpenAI, and words for others', () => {
    const messages = [user('x'), assistant({ type: 'refusal', text: 'No.', at }), user('y')];
    expect(written({ messages }, openai).messages[1]).toEqual({
      role: 'assistant',
      content: null,
      refusal: 'No.',
    });
    expect(written({ messages }).messages[1]).toEqual({ role: 'assistant', content: 'No.' });
  });
});

describe('reasoning of earlier answers', () => {
  const thought = (text: string, seal: ReasoningSeal | null): AssistantPart => ({
    type: 'reasoning',
    text,
    seal,
    at: 'r',
  });
  const told = (seal: ReasoningSeal | null, chat: ChatTraits = {}) => {
    const { messages, omitted } = written(
      { messages: [user('x'), assistant(thought('Hm.', seal), text('y')), user('z')] },
      chat,
    );
    return { ...(messages[1] ?? {}), omitted } as JsonObject;
  };

  it('case 41: without a seal it goes back in the server’s own field, and nowhere else', () => {
    expect(told(null)).toEqual({ role: 'assistant', content: 'y', reasoning_content: 'Hm.', omitted: [] });
    expect(told(null, catalogueRow('cerebras')?.chat)).toMatchObject({ reasoning: 'Hm.' });
    expect(told(null, mistral).content).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'y' },
    ]);
    for (const id of ['openai', 'azure-openai', 'groq']) {
      expect(told(null, catalogueRow(id)?.chat), id).toEqual({
        role: 'assistant',
        content: 'y',
        omitted: ['r'],
      });
    }
  });

  it('case 37: what is sealed goes back to its maker as it was, and to nobody else', () => {
    const seal = { origin: 'anthropic', provider: 'acme', data: 'EqQB+/=' } as const;
    expect(told(seal)).toEqual({
      role: 'assistant',
      content: 'y',
      reasoning_content: 'Hm.',
      thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'EqQB+/=' }],
      omitted: [],
    });
    for (const foreign of [
      { ...seal, provider: 'anthropic' },
      { ...seal, provider: null },
      { ...seal, origin: 'openai' as const },
    ]) {
      expect(told(foreign)).toEqual({ role: 'assistant', content: 'y', omitted: ['r'] });
    }
  });

  it('case 39: a budget is an effort; the smallest is low, since few models know minimal', () => {
    const effort = (budgetTokens: number) =>
      written({ reasoning: { enabled: true, budgetTokens } }).body.reasoning_effort;
    expect([1024, 4999, 5000, 9999, 10_000, 60_000].map(effort)).toEqual([
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'high',
    ]);
    expect(written({ reasoning: { effort: 'xhigh', budgetTokens: 1024 } }).body.reasoning_effort).toBe(
      'xhigh',
    );
    expect(written({ reasoning: { enabled: true, adaptive: true } })).toMatchObject({
      unsupported: [],
      omitted: [],
    });
    expect(written({ reasoning: { enabled: true, adaptive: true } }).body).not.toHaveProperty(
      'reasoning_effort',
    );
    expect(written({ reasoning: { enabled: false } }).omitted).toEqual(['reasoning_effort']);
    expect(written({ reasoning: { effort: 'low', summary: 'auto' } }).omitted).toEqual([
      'reasoning_effort.summary',
    ]);
  });

  it('case 39: a model that does not reason is not asked to', () => {
    const to = (model: string, effort: 'high' | 'none') =>
      written({ reasoning: { effort } }, openai, { model });
    expect(to('gpt-4o-mini', 'high').unsupported).toEqual(['reasoning_effort']);
    expect(to('gpt-4o-mini', 'none')).toMatchObject({ unsupported: [], omitted: [] });
    expect(to('gpt-4o-mini', 'none').body).not.toHaveProperty('reasoning_effort');
    expect(to('gpt-5.1', 'none').body.reasoning_effort).toBe('none');
    expect(to('o3', 'high').body.reasoning_effort).toBe('high');
  });
});

describe('tools', () => {
  const body = (said: { tools: Tool[] } & Parameters<typeof written>[0], chat?: ChatTraits) =>
    written(said, chat).body;

  it('case 16: every choice in Chat’s words; some of the tools is the offer of those alone', () => {
    const choice = (toolChoice: NonNullable<Parameters<typeof written>[0]['toolChoice']>) => {
      const { tool_choice, tools } = body({ tools: [tool('f'), tool('g')], toolChoice });
      return [tool_choice, (tools as JsonObject[]).length];
    };
    expect(choice({ type: 'auto' })).toEqual([undefined, 2]);
    expect(choice({ type: 'none' })).toEqual(['none', 2]);
    expect(choice({ type: 'required' })).toEqual(['required', 2]);
    expect(choice({ type: 'tool', name: 'g' })).toEqual([{ type: 'function', function: { name: 'g' } }, 2]);
    expect(choice({ type: 'allowed', mode: 'auto', names: ['g'] })).toEqual([undefined, 1]);
    expect(choice({ type: 'allowed', mode: 'required', names: ['g'] })).toEqual(['required', 1]);
    expect(body({ tools: [], toolChoice: { type: 'required' } })).not.toHaveProperty('tool_choice');
  });

  it('case 17: calls one at a time, only where there are tools', () => {
    expect(body({ tools: [tool('f')], parallelToolCalls: false }).parallel_tool_calls).toBe(false);
    expect(body({ tools: [], parallelToolCalls: false })).not.toHaveProperty('parallel_tool_calls');
    expect(body({ tools: [tool('f')] })).not.toHaveProperty('parallel_tool_calls');
  });

  it('case 22: a schema is an object’s; strict is written only where it was said', () => {
    const { tools } = body({
      tools: [
        tool('f', { schema: { properties: {}, $defs: {} }, strict: true }),
        tool('g', { schema: null }),
        tool('h', { strict: false }),
      ],
    });
    expect(tools).toEqual([
      {
        type: 'function',
        function: { name: 'f', parameters: { type: 'object', properties: {}, $defs: {} }, strict: true },
      },
      { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
      {
        type: 'function',
        function: { name: 'h', parameters: { type: 'object', properties: {} }, strict: false },
      },
    ]);
  });

  it('case 23: names in OpenAI’s charset, in the offer, the choice and the calls alike', () => {
    const name = 'mcp.files/read';
    const { body, messages } = written({
      tools: [tool(name)],
      toolChoice: { type: 'tool', name },
      messages: [user('x'), assistant(call('1', { name })), users(result('1', []))],
    });
    const [offered] = body.tools as { function: { name: string } }[];
    expect(offered?.function.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(body.tool_choice).toMatchObject({ function: { name: offered?.function.name } });
    expect(messages[1]?.tool_calls).toMatchObject([{ function: { name: offered?.function.name } }]);
  });

  it('case 25: a search of the web only where there is one, and never of some domains', () => {
    const search = {
      kind: 'web_search',
      contextSize: 'low',
      maxUses: 2,
      userLocation: { type: 'approximate', city: 'Ulm' },
      at: 'tools[0]',
    } as const;
    const { body, omitted } = written({ tools: [search] }, openai);
    expect(body.web_search_options).toEqual({
      search_context_size: 'low',
      user_location: { type: 'approximate', approximate: { city: 'Ulm' } },
    });
    expect(body).not.toHaveProperty('tools');
    expect(omitted).toEqual(['tools[0].max_uses']);
    expect(written({ tools: [search] }).unsupported).toEqual(['tools[0]']);
    expect(written({ tools: [{ ...search, allowedDomains: ['a.example'] }] }, openai).unsupported).toEqual([
      'tools[0]',
    ]);
  });

  it('wraps custom tools and their calls, and refuses tools that the provider would have to run', () => {
    const custom = { kind: 'custom', name: 'grep', description: 'd', format: null, at } as const;
    const { body, messages, unsupported, omitted } = written({
      tools: [custom, { kind: 'server', type: 'code_interpreter', at: 'tools[1]' }],
      messages: [
        user('x'),
        assistant(call('1', { name: 'grep', kind: 'custom', arguments: 'a "b"' })),
        users(result('1', [], { kind: 'custom' })),
      ],
    });
    expect(body.tools).toMatchObject([
      { type: 'function', function: { name: 'grep', description: 'd', parameters: { required: ['input'] } } },
    ]);
    expect(messages[1]?.tool_calls).toMatchObject([{ function: { arguments: '{"input":"a \\"b\\""}' } }]);
    expect([unsupported, omitted]).toEqual([['tools[1]'], []]);
  });

  it('case 26: tells the grammar of a custom tool, and names it', () => {
    const grammar = { kind: 'custom', name: 'grep', format: { type: 'grammar' }, at: 'tools[0]' } as const;
    const { body, omitted } = written({ tools: [grammar] });
    expect(JSON.stringify(body.tools)).toContain('must follow this grammar');
    expect(omitted).toEqual(['tools[0].format']);
  });
});

describe('settings', () => {
  it('case 46: OpenRouter’s wish for the usage, which always comes, is a hint', () => {
    const { unsupported, omitted } = written({ others: { usage: { include: true } } });
    expect([unsupported, omitted]).toEqual([[], ['usage']]);
  });

  it('case 42: cache hints are left out and named', () => {
    const cache = { ttl: '5m' } as const;
    const { body, omitted } = written({
      cache,
      tools: [tool('f', { cache })],
      messages: [
        { role: 'system', content: [{ ...text('a'), at: 'system[0]', cache }], origin: 'top', at: 'system' },
        users({ ...text('b'), at: 'messages[0].content[0]', cache }),
      ],
    });
    expect(JSON.stringify(body)).not.toContain('cache');
    expect(omitted.toSorted()).toEqual([
      'cache_control',
      'messages[0].content[0].cache_control',
      'system[0].cache_control',
      'tools[0].cache_control',
    ]);
    const keyed = { promptCacheKey: 'k' };
    expect(written(keyed, openai).body.prompt_cache_key).toBe('k');
    expect(written(keyed).omitted).toEqual(['prompt_cache_key']);
  });

  it('case 43: the limit of tokens in the field that the provider knows', () => {
    const to = (id: string) => written({ maxOutputTokens: 9 }, catalogueRow(id)?.chat).body;
    expect(to('openai')).toMatchObject({ max_completion_tokens: 9 });
    expect(to('azure-openai')).toMatchObject({ max_completion_tokens: 9 });
    for (const id of ['mistral', 'groq', 'vllm', 'sandbox']) {
      expect(to(id), id).toMatchObject({ max_tokens: 9 });
      expect(to(id), id).not.toHaveProperty('max_completion_tokens');
    }
    expect(written({}).body).not.toHaveProperty('max_tokens');
  });

  it('case 44: temperature and top_p go as they are, also together', () => {
    expect(written({ temperature: 0.7, topP: 0.9 }, openai).body).toMatchObject({
      temperature: 0.7,
      top_p: 0.9,
    });
  });

  it('case 45: stop sequences, as many as the provider takes', () => {
    const stop = ['a', 'b', 'c', 'd', 'e'];
    expect(written({ stop }).body.stop).toEqual(stop);
    expect(written({ stop: ['a'] }, openai)).toMatchObject({ unsupported: [], body: { stop: ['a'] } });
    expect(written({ stop }, openai).unsupported).toEqual(['stop']);
  });

  it('case 46: what Chat has goes through; more than one answer cannot come back', () => {
    const said = { frequencyPenalty: 0.5, presencePenalty: -1, seed: 7, logitBias: { 1: 2 }, topLogprobs: 3 };
    expect(written(said).body).toMatchObject({
      frequency_penalty: 0.5,
      presence_penalty: -1,
      seed: 7,
      logit_bias: { 1: 2 },
      logprobs: true,
      top_logprobs: 3,
    });
    expect(written({ topLogprobs: 0 }).body).not.toHaveProperty('top_logprobs');
    expect(written({ topLogprobs: 0, stream: true }).unsupported).toEqual(['top_logprobs']);
    expect(written({ choices: 2 }).unsupported).toEqual(['n']);
    expect(written({ topK: 5 }).unsupported).toEqual(['top_k']);
    expect(written({ topK: 5 }, catalogueRow('together')?.chat).body.top_k).toBe(5);
    expect(written({ verbosity: 'low' }).unsupported).toEqual(['verbosity']);
    expect(written({ verbosity: 'low' }, openai).body.verbosity).toBe('low');
    expect(written({ others: { background: true, store: true } })).toMatchObject({
      unsupported: ['background'],
      omitted: ['store'],
    });
  });

  it('case 48: JSON in Chat’s nested form', () => {
    const schema = { type: 'object' };
    expect(written({ responseFormat: { type: 'json_object' } }).body.response_format).toEqual({
      type: 'json_object',
    });
    expect(
      written({ responseFormat: { type: 'json_schema', name: 'n', schema, strict: true, description: 'd' } })
        .body.response_format,
    ).toEqual({ type: 'json_schema', json_schema: { name: 'n', schema, strict: true, description: 'd' } });
    expect(
      written({ responseFormat: { type: 'json_schema', name: 'n', schema, strict: null } }).body
        .response_format,
    ).toEqual({ type: 'json_schema', json_schema: { name: 'n', schema } });
  });

  it('case 36: the user where it is taken, in no more than 64 characters, always the same', () => {
    const long = `user_${'0123456789abcdef'.repeat(8)}_session_1`;
    const sent = (userId: string) => written({ userId }, openai).body.user as string;
    expect(sent('ann')).toBe('ann');
    expect(sent(long)).toHaveLength(64);
    expect(sent(long)).toBe(sent(long));
    expect(sent(long)).not.toBe(sent(`${long}2`));
    expect(written({ userId: 'ann' }, mistral).omitted).toEqual(['user']);
    expect(written({ metadata: { a: 'b' } }, openai).omitted).toEqual(['metadata']);
  });

  it('case 49: a tier by a name of OpenAI’s, to OpenAI alone', () => {
    expect(written({ serviceTier: 'flex' }, openai).body.service_tier).toBe('flex');
    expect(written({ serviceTier: 'standard_only' }, openai).body.service_tier).toBe('default');
    expect(written({ serviceTier: 'gold' }, openai).omitted).toEqual(['service_tier']);
    expect(written({ serviceTier: 'flex' }).omitted).toEqual(['service_tier']);
  });

  it('case 10: usage of a stream is asked for, but of those who refuse to be asked', () => {
    expect(written({ stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    const provider = { ...providerWith(), streamUsage: 'always' as const };
    const conversation = conversationOf({ stream: true });
    const names = new ToolNames(conversation, OPENAI_NAMES);
    const body = chatProvider.writeRequest(conversation, {
      provider,
      model: 'm',
      losses: new LossList({}),
      names,
    });
    expect(body.stream).toBe(true);
    expect(body).not.toHaveProperty('stream_options');
    expect(written({}).body).not.toHaveProperty('stream');
  });
});
