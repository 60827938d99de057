import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../domain/dialect.ts';
import { createStreamReader, isUsageOnlyChunk } from './stream-reader.ts';

/** A reader that has seen these lines; each is an event of its own unless it is an `event:` line. */
function read(dialect: Dialect, ...lines: string[]) {
  const reader = createStreamReader(dialect);
  for (const line of lines) {
    reader.line(line);
    if (!line.startsWith('event:')) reader.line('');
  }
  return reader;
}

const data = (value: unknown) => `data: ${JSON.stringify(value)}`;
const chunk = (choice: object, more: object = {}) => data({ choices: [{ index: 0, ...choice }], ...more });
const say = (content: string) => chunk({ delta: { content }, finish_reason: null });
const stop = chunk({ delta: {}, finish_reason: 'stop' });
const counts = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

describe('the state of a chat stream', () => {
  it.each([
    ['nothing yet', [], 'open'],
    ['no end', [say('a')], 'open'],
    ['[DONE]', [say('a'), 'data: [DONE]'], 'finished'],
    ['[DONE] without the space', [say('a'), 'data:[DONE]'], 'finished'],
    ['a finish reason and no [DONE]', [say('a'), stop], 'finished'],
    [
      'a finish reason with spaces',
      ['data: {"choices": [{"index": 0, "finish_reason": "stop"}]}'],
      'finished',
    ],
    ['one of two choices', [say('a'), data({ choices: [{ index: 1, delta: {} }] }), stop], 'open'],
    [
      'the second of two choices',
      [say('a'), data({ choices: [{ index: 1, finish_reason: 'stop' }] })],
      'open',
    ],
    [
      'the second, which came first',
      [
        data({ choices: [{ index: 1, delta: {} }] }),
        say('a'),
        data({ choices: [{ index: 1, finish_reason: 'stop' }] }),
      ],
      'open',
    ],
    [
      'both choices',
      [
        say('a'),
        data({ choices: [{ index: 1, delta: {} }] }),
        stop,
        data({ choices: [{ index: 1, finish_reason: 'stop' }] }),
      ],
      'finished',
    ],
    ['an error and [DONE]', [say('a'), data({ error: { message: 'x' } }), 'data: [DONE]'], 'failed'],
    ['an error as text', [say('a'), data({ error: 'overloaded' })], 'failed'],
    ['an error without a choice before it', [data({ error: { code: 500 } })], 'failed'],
    ['an error of a choice', [chunk({ delta: {}, finish_reason: 'error' }), 'data: [DONE]'], 'failed'],
    ['an error by name', ['event: error', 'data: upstream gone'], 'failed'],
    ['an error that is null', [chunk({ delta: {}, finish_reason: 'stop' }, { error: null })], 'finished'],
    [
      'an error in what is said',
      [say('a'), say('"error": {"message": "x"}, "finish_reason": "stop"')],
      'open',
    ],
    ['a malformed event', [say('a'), 'data: {"finish_reason":"stop', stop], 'finished'],
    ['only comments', [': keep-alive', 'retry: 3', 'id: 1'], 'open'],
  ] as const)('%s', (_, lines, state) => {
    expect(read('openai-chat', ...lines).state()).toBe(state);
    expect(read('openai-completions', ...lines).state()).toBe(state);
  });
});

describe('the usage of a chat stream', () => {
  const expected = { input: 9, output: 3 };
  it.each([
    ['a chunk of its own', [say('a'), stop, data({ choices: [], usage: counts }), 'data: [DONE]']],
    ['the last chunk', [say('a'), chunk({ delta: {}, finish_reason: 'stop' }, { usage: counts })]],
    [
      'null before and after',
      [
        chunk({ delta: {} }, { usage: null }),
        data({ choices: [], usage: counts }),
        chunk({ delta: {} }, { usage: null }),
      ],
    ],
    [
      'counts that grow',
      [
        chunk({ delta: {} }, { usage: { ...counts, completion_tokens: 1 } }),
        chunk({ delta: {} }, { usage: counts }),
      ],
    ],
    ['spaces in it', ['data: {"choices": [], "usage" : {"prompt_tokens": 9, "completion_tokens": 3}}']],
  ])('in %s', (_, lines) => {
    expect(read('openai-chat', ...lines).usage()).toMatchObject(expected);
  });

  it('is null while nothing was said', () => {
    expect(read('openai-chat', say('a'), chunk({ delta: {} }, { usage: null })).usage()).toBeNull();
  });
});

describe('events of any dialect', () => {
  it('may have their data in several lines', () => {
    const reader = createStreamReader('openai-chat');
    for (const line of [
      'data: {"choices": [],',
      'data: "usage": {"prompt_tokens": 9,',
      'data:"completion_tokens": 3}}',
      '',
    ])
      reader.line(line);
    expect(reader.usage()).toMatchObject({ input: 9, output: 3 });
  });

  it('count without the empty line at the end, unless they are torn', () => {
    const whole = createStreamReader('anthropic-messages');
    whole.line('data: {"type":"message_stop"}');
    expect(whole.state()).toBe('finished');

    const torn = createStreamReader('anthropic-messages');
    torn.line('event: error');
    torn.line('data: {"type":"error","error":{"mess');
    expect(torn.state()).toBe('open');
  });

  it('do not lend their name to the next', () => {
    const reader = createStreamReader('anthropic-messages');
    for (const line of ['event: message_stop', '', 'data: {}', '']) reader.line(line);
    expect(reader.state()).toBe('open');
  });

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
    '%s: never throw',
    (dialect) => {
      const garbage = [
        'data:',
        'data: ',
        'data',
        'data: null',
        'data: [1]',
        'data: {"type":"error',
        'data: "error"',
        'event:',
        ':',
      ];
      const odd = [
        '{"choices":7}',
        '{"choices":[null,3]}',
        '{"usage":{"a":1}}',
        '{"response":4,"type":"response.x"}',
      ];
      const reader = read(dialect, ...garbage, ...odd.map((text) => `data: ${text}`));
      expect([reader.state(), reader.usage()]).toEqual(['open', null]);
    },
  );
});

describe('a Messages stream', () => {
  const start = data({
    type: 'message_start',
    message: {
      usage: {
        input_tokens: 5,
        cache_creation: { ephemeral_1h_input_tokens: 4 },
        cache_creation_input_tokens: 4,
        output_tokens: 1,
      },
    },
  });
  const delta = (usage: object) => data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
  const end = data({ type: 'message_stop' });

  it('adds up its start and its cumulative deltas', () => {
    const reader = read(
      'anthropic-messages',
      start,
      delta({ output_tokens: 20 }),
      delta({ output_tokens: 50 }),
      end,
    );
    expect(reader.usage()).toMatchObject({ input: 5, cacheWrite: 0, cacheWrite1h: 4, output: 50 });
    expect(reader.state()).toBe('finished');
  });

  it('may correct its input at the end, and null corrects nothing', () => {
    const reader = read(
      'anthropic-messages',
      start,
      delta({ input_tokens: 70, output_tokens: 2, cache_read_input_tokens: null }),
    );
    expect(reader.usage()).toMatchObject({ input: 70, cacheWrite1h: 4, output: 2 });
    expect(reader.state()).toBe('open');
  });

  it('that starts with zeros has told nothing yet', () => {
    const zeros = data({ type: 'message_start', message: { usage: { input_tokens: 0, output_tokens: 0 } } });
    expect(read('anthropic-messages', zeros).usage()).toBeNull();
    expect(
      read('anthropic-messages', zeros, delta({ input_tokens: 8, output_tokens: 2 })).usage(),
    ).toMatchObject({ input: 8 });
  });

  it.each([
    ['an end by name alone', ['event: message_stop', 'data: {}'], 'finished'],
    [
      'an error',
      [start, 'event: error', data({ type: 'error', error: { type: 'overloaded_error' } })],
      'failed',
    ],
    ['an error by type alone', [data({ type: 'error', error: {} })], 'failed'],
    ['an error by name alone', ['event: error', data({ type: 'overloaded_error' })], 'failed'],
    ['an error of a foreign form', [data({ error: { message: 'x' } })], 'failed'],
    ['an error and then a stop', [data({ type: 'error' }), end], 'failed'],
    ['a ping', ['event: ping', data({ type: 'ping' })], 'open'],
  ] as const)('%s', (_, lines, state) => {
    expect(read('anthropic-messages', ...lines).state()).toBe(state);
  });
});

describe('a Responses stream', () => {
  const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 6 };
  it.each([
    ['response.completed', 'finished'],
    ['response.incomplete', 'finished'],
    ['response.failed', 'failed'],
  ] as const)('ends with %s, which has the usage', (type, state) => {
    for (const lines of [
      [data({ type, response: { usage } })],
      [`event: ${type}`, data({ type, response: { usage } })],
    ]) {
      const reader = read(
        'openai-responses',
        data({ type: 'response.created', response: { usage: null } }),
        ...lines,
      );
      expect(reader.state()).toBe(state);
      expect(reader.usage()).toMatchObject({ input: 6, cacheRead: 4, output: 6 });
    }
  });

  it.each([
    ['error', [data({ type: 'error', code: 'x' })], 'failed'],
    ['error of a foreign form', [data({ error: { message: 'x' } })], 'failed'],
    [
      'failed, then completed',
      [data({ type: 'response.failed' }), data({ type: 'response.completed' })],
      'failed',
    ],
    ['[DONE] is not of this dialect', ['data: [DONE]'], 'open'],
    [
      'an error within an item',
      [data({ type: 'response.output_item.done', item: { type: 'error' } })],
      'open',
    ],
  ] as const)('%s', (_, lines, state) => {
    expect(read('openai-responses', ...lines).state()).toBe(state);
  });
});

describe('the estimate of what was generated', () => {
  it.each([
    ['openai-chat', [say('12345678'), say('a'), say('')], 3],
    ['openai-chat', ['data: {"choices": [{"index": 0, "delta": {"content": "12345678"}}]}'], 2],
    [
      'openai-chat',
      [chunk({ delta: { content: '', reasoning: '12345678', reasoning_details: [{ text: '12345678' }] } })],
      2,
    ],
    ['openai-chat', [chunk({ delta: { content: null, reasoning_content: 'abcd' } })], 1],
    [
      'openai-chat',
      [chunk({ delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"a":1}' } }] } })],
      3,
    ],
    ['openai-chat', [say('say "hi"'), say('\\'), say('\\\\')], 5],
    ['openai-chat', [data({ choices: [], usage: counts }), 'data: [DONE]'], 0],
    ['openai-completions', [data({ choices: [{ index: 0, text: '12345678' }] })], 2],
    [
      'anthropic-messages',
      [data({ type: 'content_block_delta', delta: { type: 'text_delta', text: '12345' } })],
      2,
    ],
    [
      'anthropic-messages',
      ['event: content_block_delta', data({ type: 'content_block_delta', delta: { thinking: 'abcd' } })],
      1,
    ],
    [
      'anthropic-messages',
      [data({ type: 'content_block_start', content_block: { text: 'not yet said' } })],
      0,
    ],
    ['openai-responses', [data({ type: 'response.output_text.delta', delta: '12345' })], 2],
    [
      'openai-responses',
      ['event: response.output_text.delta', data({ type: 'response.output_text.delta', delta: 'x' })],
      1,
    ],
    ['openai-responses', [data({ type: 'response.output_text.done', text: 'x' })], 0],
  ] as const)('%s %#', (dialect, lines, tokens) => {
    expect(read(dialect, ...lines).estimatedOutput()).toBe(tokens);
  });
});

describe('the chunk that only tells the usage', () => {
  it.each([
    [{ choices: [], usage: counts }, true],
    [{ choices: [], usage: null }, false],
    [{ choices: [], prompt_filter_results: [{}] }, false],
    [{ choices: [{ index: 0, delta: { content: '' } }], usage: counts }, false],
    [{ usage: counts }, false],
    [{ choices: [], usage: [counts] }, false],
  ])('%j: %s', (value, expected) => expect(isUsageOnlyChunk(JSON.stringify(value))).toBe(expected));

  it('is recognised with spaces, and nothing malformed is taken for it', () => {
    expect(isUsageOnlyChunk('{"choices": [], "usage" : {}}')).toBe(true);
    for (const text of ['', '[DONE]', '{"choices":[],"usage":{', '[{"usage":{}}]'])
      expect(isUsageOnlyChunk(text)).toBe(false);
  });
});

describe('the tier of service of a stream', () => {
  const last = { choices: [], usage: counts };
  it.each([
    ['flex', { service_tier: 'flex' }],
    [undefined, { service_tier: 'default' }],
    [undefined, { service_tier: null }],
  ])('chat: %s', (tier, told) => {
    const reader = read('openai-chat', chunk({ delta: {} }, told), stop, data({ ...last, ...told }));
    expect(reader.usage()?.serviceTier).toBe(tier);
  });

  it('responses: by the last event', () => {
    const response = { service_tier: 'priority', usage: { input_tokens: 1, output_tokens: 1 } };
    const reader = read('openai-responses', data({ type: 'response.completed', response }));
    expect(reader.usage()?.serviceTier).toBe('priority');
  });

  it('messages: by its usage', () => {
    const message = { usage: { input_tokens: 1, output_tokens: 1, service_tier: 'batch' } };
    const reader = read('anthropic-messages', data({ type: 'message_start', message }));
    expect(reader.usage()?.serviceTier).toBe('batch');
  });
});

describe('what a stream says of itself', () => {
  it('chat: of all its choices', () => {
    const named = { id: 'c1', model: 'm1' };
    const second = data({ ...named, choices: [{ index: 1, delta: {}, finish_reason: 'length' }] });
    const reader = read('openai-chat', chunk({ delta: {} }, named), second, stop);
    expect(reader.facts()).toEqual({ id: 'c1', model: 'm1', finishReasons: ['stop', 'length'] });
  });

  it('messages: by its start and its last delta', () => {
    const reader = read(
      'anthropic-messages',
      data({ type: 'message_start', message: { id: 'msg', model: 'claude', stop_reason: null } }),
      data({ type: 'message_delta', delta: { stop_reason: 'tool_use' } }),
    );
    expect(reader.facts()).toEqual({ id: 'msg', model: 'claude', finishReasons: ['tool_use'] });
  });

  it.each([
    [{ status: 'completed', incomplete_details: null }, 'completed'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'max_output_tokens'],
  ])('responses: %o', (end, reason) => {
    const response = { id: 'resp', model: 'gpt', ...end };
    const reader = read('openai-responses', data({ type: 'response.completed', response }));
    expect(reader.facts()).toEqual({ id: 'resp', model: 'gpt', finishReasons: [reason] });
  });

  it('nothing, where it says nothing', () => {
    expect(read('openai-chat', say('a')).facts()).toEqual({ id: null, model: null, finishReasons: [] });
  });
});
