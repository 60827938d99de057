import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart, Conversation, Message, Tool } from '../hub/conversation.ts';
import { assistant, conversationOf, user, write } from './testing.ts';
import { messagesVersion } from './translator.ts';

const OLD = 'claude-sonnet-4-5';
const ADAPTIVE = 'claude-opus-4-6';
const NEW = 'claude-opus-5';
const schema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};

function tool(name: string, more: Partial<Extract<Tool, { kind: 'function' }>> = {}): Tool {
  return { kind: 'function', name, schema, strict: null, at: `tools.${name}`, ...more };
}

describe('Anthropic API version 2026-10-21', () => {
  it.each([
    [{}, '2026-10-21'],
    [{ temperature: 0 }, '2023-06-01'],
    [{ topP: 0.5 }, '2023-06-01'],
    [{ topK: 5 }, '2023-06-01'],
  ] as const)('is asked for when no sampling parameter is there: %j is %s', (parts, version) => {
    expect(messagesVersion(conversationOf(parts))).toBe(version);
  });

  it('gets no sampling parameter, document of the assistant or citation of the user, which it refuses', () => {
    const { body } = write({ messages: [user('q')] }, NEW);
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages']);
  });
});

describe('case 43: max_tokens', () => {
  it.each([
    ['claude-opus-5-5', 128_000],
    ['anthropic/claude-haiku-4.5', 64_000],
    ['claude-opus-4-1-20250805', 32_000],
    ['claude-sonnet-4-20250514', 64_000],
    ['claude-3-haiku-20240307', 4096],
    ['claude-someday-9', 128_000],
    ['deepseek-chat', 8192],
  ])('is what the model gives where the client is silent: %s %i', (model, most) => {
    expect(write({}, model).body.max_tokens).toBe(most);
  });

  it('is what the client says', () => expect(write({ maxOutputTokens: 7 }).body.max_tokens).toBe(7));
});

describe('sampling', () => {
  it('case 44: values of the default are not sent, higher temperatures are named', () => {
    const { body, omitted, unsupported } = write({ temperature: 1.4, topP: 1 });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_p');
    expect([omitted, unsupported]).toEqual([['temperature'], []]);
    expect(write({ temperature: 1 }).omitted).toEqual([]);
    expect(write({ temperature: 0.3 }).body.temperature).toBe(0.3);
  });

  it('case 44: newer models take temperature or top_p, the newest neither', () => {
    const both = { temperature: 0.3, topP: 0.9 };
    expect(write(both, 'claude-sonnet-4-0').body).toMatchObject({ temperature: 0.3, top_p: 0.9 });
    expect(write(both, OLD)).toMatchObject({ body: { temperature: 0.3 }, unsupported: ['top_p'] });
    expect(write({ ...both, topK: 3 }, NEW).unsupported).toEqual(['temperature', 'top_p', 'top_k']);
  });

  it('case 40: none goes with thinking, but for a top_p near 1', () => {
    const thinking = { reasoning: { effort: 'low' }, temperature: 0.3, topP: 0.97, topK: 3 } as const;
    const { body, unsupported } = write(thinking, OLD);
    expect(unsupported).toEqual(['temperature', 'top_k']);
    expect(body.top_p).toBe(0.97);
    expect(write({ ...thinking, topP: 0.9 }, OLD).unsupported).toEqual(['temperature', 'top_p', 'top_k']);
  });

  it('case 47: top_k is known', () => expect(write({ topK: 3 }).body.top_k).toBe(3));

  it('case 45: stop sequences of white space are refused there', () => {
    const { body, unsupported } = write({ stop: ['\n', 'END'] });
    expect([body.stop_sequences, unsupported]).toEqual([['END'], ['stop']]);
  });

  it('case 46: what has no counterpart is named', () => {
    const { unsupported, omitted } = write({
      choices: 2,
      topLogprobs: 1,
      seed: 1,
      logitBias: { 1: 2 },
      frequencyPenalty: 1,
      promptCacheKey: 'k',
      metadata: { a: 'b' },
      others: { prediction: {}, store: true },
    });
    expect(unsupported).toEqual([
      'frequencyPenalty',
      'seed',
      'logitBias',
      'topLogprobs',
      'choices',
      'prediction',
    ]);
    expect(omitted).toEqual(['promptCacheKey', 'metadata', 'store']);
  });

  it('case 50: state that another provider keeps is named', () => {
    expect(write({ others: { previous_response_id: 'r', background: true } }).unsupported).toEqual([
      'previous_response_id',
      'background',
    ]);
  });
});

describe('labels', () => {
  it('case 36: an opaque user id passes; one that names a person is refused there, and left out', () => {
    expect(write({ userId: '12345678' }).body.metadata).toEqual({ user_id: '12345678' });
    for (const userId of ['a@b.example', '+1 (555) 123-4567', 'x'.repeat(513)]) {
      expect(write({ userId })).toMatchObject({ omitted: ['user'] });
    }
  });

  it('case 49: the default tier is Anthropic’s standard, the others are hints', () => {
    expect(write({ serviceTier: 'default' }).body.service_tier).toBe('standard_only');
    const flex = write({ serviceTier: 'flex' });
    expect([flex.body.service_tier, flex.omitted]).toEqual([undefined, ['service_tier']]);
  });
});

describe('case 39: how much to think', () => {
  const plan = (reasoning: NonNullable<Conversation['reasoning']>, model: string, more = {}) => {
    const { body, omitted, unsupported } = write({ reasoning, ...more }, model);
    return { thinking: body.thinking, config: body.output_config, omitted, unsupported };
  };
  const none = { omitted: [], unsupported: [] };

  it('is a budget for older models', () => {
    expect(plan({ effort: 'medium' }, OLD)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 8192 },
      ...none,
    });
    expect(plan({ effort: 'minimal' }, OLD).thinking).toEqual({ type: 'enabled', budget_tokens: 1024 });
    expect(plan({ budgetTokens: 5000, enabled: true }, OLD)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 5000 },
      ...none,
    });
  });

  it('is an effort for newer ones', () => {
    expect(plan({ effort: 'high', summary: 'auto' }, NEW)).toEqual({
      thinking: { type: 'adaptive', display: 'summarized' },
      config: { effort: 'high' },
      ...none,
    });
    expect(plan({ effort: 'minimal' }, NEW).config).toEqual({ effort: 'low' });
    expect(plan({ effort: 'xhigh' }, NEW).config).toEqual({ effort: 'xhigh' });
    expect(plan({ effort: 'xhigh' }, ADAPTIVE)).toMatchObject({
      config: { effort: 'high' },
      omitted: ['reasoning_effort'],
    });
    expect(plan({ budgetTokens: 12_000 }, NEW)).toMatchObject({
      thinking: { type: 'adaptive' },
      config: { effort: 'high' },
      omitted: ['reasoning_effort'],
    });
  });

  it('is not asked for by the wish to see it, where thinking has to be paid for by a budget', () => {
    expect(plan({ summary: 'auto' }, OLD)).toEqual({ omitted: ['reasoning_effort'], unsupported: [] });
    expect(plan({ summary: 'auto' }, NEW).thinking).toEqual({ type: 'adaptive', display: 'summarized' });
  });

  it('stays within max_tokens, and above what the API wants at least', () => {
    expect(plan({ effort: 'high' }, OLD, { maxOutputTokens: 10_000 }).thinking).toMatchObject({
      budget_tokens: 8000,
    });
    expect(plan({ budgetTokens: 10 }, OLD)).toMatchObject({
      thinking: { budget_tokens: 1024 },
      omitted: ['reasoning_effort'],
    });
    expect(plan({ effort: 'high' }, OLD, { maxOutputTokens: 1024 })).toEqual({
      thinking: undefined,
      config: undefined,
      omitted: ['reasoning_effort'],
      unsupported: [],
    });
  });

  it('is turned off in words, since some models think by default; where that is not allowed it becomes little', () => {
    expect(plan({ effort: 'none' }, NEW).thinking).toEqual({ type: 'disabled' });
    expect(plan({ enabled: false }, 'claude-opus-5-5')).toMatchObject({
      thinking: undefined,
      config: { effort: 'low' },
      omitted: ['reasoning_effort'],
    });
    expect(plan({ effort: 'none' }, 'claude-3-haiku-20240307')).toEqual({ ...none });
    expect(plan({ effort: 'low' }, 'claude-3-haiku-20240307').unsupported).toEqual(['reasoning_effort']);
  });

  it('case 18: a forced tool call leaves thinking out; asked for in its own words that is refused', () => {
    const forced = { tools: [tool('f')], toolChoice: { type: 'required' } } as const;
    expect(plan({ effort: 'high' }, OLD, forced)).toEqual({ omitted: ['reasoning_effort'], unsupported: [] });
    expect(plan({ effort: 'high' }, NEW, forced)).toMatchObject({
      thinking: undefined,
      config: { effort: 'high' },
      omitted: ['reasoning_effort'],
    });
    expect(plan({ enabled: true, budgetTokens: 2000 }, OLD, forced).unsupported).toEqual([
      'reasoning_effort',
    ]);
  });

  it('case 31: nor does an answer that is begun for the model go with thinking', () => {
    const messages = [user('q'), assistant('{', 'm[1]')];
    expect(plan({ effort: 'high' }, OLD, { messages })).toEqual({
      omitted: ['reasoning_effort'],
      unsupported: [],
    });
  });

  it('case 37: in a tool loop that began without thinking a budget would be refused, an effort not', () => {
    const part: AssistantPart = {
      type: 'tool_call',
      id: 'a',
      name: 'f',
      arguments: '{}',
      kind: 'function',
      at: 'm',
    };
    const answer: Message = {
      role: 'user',
      content: [{ type: 'tool_result', callId: 'a', content: [], isError: false, kind: 'function', at: 'm' }],
      at: 'm',
    };
    const loop = (...first: AssistantPart[]): Message[] => [
      user('q'),
      { role: 'assistant', content: [...first, part], at: 'm' },
      answer,
    ];
    const thought: AssistantPart = {
      type: 'reasoning',
      text: 't',
      seal: { origin: 'anthropic', provider: 'anthropic', data: 's' },
      at: 'm',
    };
    expect(plan({ effort: 'low' }, OLD, { messages: loop() }).omitted).toEqual(['reasoning_effort']);
    expect(plan({ effort: 'low' }, OLD, { messages: loop(thought) }).thinking).toMatchObject({
      type: 'enabled',
    });
    expect(plan({ effort: 'low' }, NEW, { messages: loop() }).thinking).toEqual({ type: 'adaptive' });
  });
});

describe('tools', () => {
  const choiceOf = (parts: Partial<Conversation>, model = OLD) =>
    write({ tools: [tool('f'), tool('g')], ...parts }, model);

  it.each([
    [{ toolChoice: { type: 'required' } }, { type: 'any' }],
    [{ toolChoice: { type: 'none' } }, { type: 'none' }],
    [{ toolChoice: { type: 'tool', name: 'g' } }, { type: 'tool', name: 'g' }],
    [{ toolChoice: { type: 'auto' } }, undefined],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
  ] as const)('case 16, case 17: %j is %j', (parts, choice) => {
    expect(choiceOf(parts).body.tool_choice).toEqual(choice);
  });

  it('case 16: of a choice among some tools only those are offered', () => {
    const { body } = choiceOf({ toolChoice: { type: 'allowed', mode: 'required', names: ['g'] } });
    expect(body.tools).toMatchObject([{ name: 'g' }]);
    expect(body.tool_choice).toEqual({ type: 'any' });
  });

  it('case 18: a model that cannot be forced says so', () => {
    const { body, unsupported } = choiceOf({ toolChoice: { type: 'required' } }, 'claude-sonnet-5-5');
    expect([body.tool_choice, unsupported]).toEqual([undefined, ['tool_choice']]);
  });

  it('case 22: a schema gets the type that it lacks and is else left as it is', () => {
    const { body } = write({
      tools: [tool('a', { schema: null }), tool('b', { schema: { properties: {} } }), tool('c')],
    });
    expect((body.tools as JsonObject[]).map(({ input_schema }) => input_schema)).toEqual([
      { type: 'object' },
      { type: 'object', properties: {} },
      schema,
    ]);
  });

  it('case 22: a strict one moves what cannot be enforced into words, and is only a wish for older models', () => {
    const limited = {
      ...schema,
      properties: { a: { type: 'string', description: 'A.', minLength: 2, format: 'uuid' } },
    };
    const strict = tool('f', { schema: limited, strict: true });
    const { body, omitted } = write({ tools: [strict] });
    expect(body.tools).toMatchObject([
      {
        strict: true,
        input_schema: {
          properties: { a: { type: 'string', format: 'uuid', description: 'A.\n{minLength: 2}' } },
        },
      },
    ]);
    expect(omitted).toEqual(['tools.f.minLength']);
    const older = write({ tools: [strict] }, 'claude-sonnet-4-0');
    expect([older.body.tools, older.omitted]).toEqual([
      [{ name: 'f', input_schema: limited }],
      ['tools.f.strict'],
    ]);
  });

  it('case 23: names with other characters are sent in a form that the API allows', () => {
    const [written] = write({ tools: [tool('a.b/c')] }).body.tools as JsonObject[];
    expect(written?.name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
  });

  it('case 25: web search, with what limits it', () => {
    const { body, omitted } = write({
      tools: [
        {
          kind: 'web_search',
          maxUses: 2,
          contextSize: 'low',
          allowedDomains: ['a.example'],
          userLocation: { type: 'approximate', approximate: { city: 'Oslo', country: 'NO' } },
          at: 'web_search_options',
        },
      ],
    });
    expect(body.tools).toEqual([
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 2,
        allowed_domains: ['a.example'],
        user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
      },
    ]);
    expect(omitted).toEqual(['web_search_options.search_context_size']);
  });

  it('case 26: custom tools become functions of one text, others are named', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'x' };
    const { body, omitted, unsupported } = write({
      tools: [
        { kind: 'custom', name: 'patch', description: 'd', format, at: 'tools[0]' },
        { kind: 'server', type: 'local_shell', at: 'tools[1]' },
      ],
    });
    expect(body.tools).toMatchObject([{ name: 'patch', input_schema: { required: ['input'] } }]);
    expect([omitted, unsupported]).toEqual([['tools[0].format'], ['tools[1]']]);
  });

  it('case 19: old calls keep their tools when none are offered any more, so that they are not called', () => {
    const part: AssistantPart = {
      type: 'tool_call',
      id: 'a',
      name: 'f',
      arguments: '{}',
      kind: 'function',
      at: 'm',
    };
    const messages: Message[] = [
      user('q'),
      { role: 'assistant', content: [part], at: 'm' },
      {
        role: 'user',
        content: [
          { type: 'tool_result', callId: 'a', content: [], isError: false, kind: 'function', at: 'm' },
        ],
        at: 'm',
      },
    ];
    expect(write({ messages }).body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    });
  });
});

describe('case 48: the form of the answer', () => {
  it('is a schema that can be enforced', () => {
    const { body, omitted } = write({
      responseFormat: {
        type: 'json_schema',
        name: 'n',
        description: 'D.',
        strict: true,
        schema: {
          type: 'object',
          properties: { n: { oneOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] } },
        },
      },
    });
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { n: { anyOf: [{ type: 'integer', description: '{minimum: 1}' }, { type: 'null' }] } },
          description: 'D.',
          additionalProperties: false,
        },
      },
    });
    expect(omitted).toEqual(['response_format.minimum']);
  });

  it('names what cannot be had: JSON without a schema, any of it from older models', () => {
    expect(write({ responseFormat: { type: 'json_object' } }).unsupported).toEqual(['response_format']);
    const format = { type: 'json_schema', name: 'n', schema, strict: null } as const;
    expect(write({ responseFormat: format }, 'claude-3-haiku-20240307').unsupported).toEqual([
      'response_format',
    ]);
  });
});
