import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Usage } from '../domain/usage.ts';
import { usageFromReply } from './from-reply.ts';

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

type Row = [what: string, told: JsonValue, expected: Partial<Usage> | null];

function table(dialects: readonly Dialect[], rows: readonly Row[]): void {
  for (const dialect of dialects) {
    it.each([...rows])(`${dialect}: %s`, (_, told, expected) => {
      const reply: JsonObject = { id: 'x', usage: told };
      expect(usageFromReply(dialect, reply)).toEqual(expected === null ? null : usage(expected));
    });
  }
}

const ALL: readonly Dialect[] = [
  'openai-chat',
  'openai-completions',
  'openai-embeddings',
  'openai-responses',
  'anthropic-messages',
];

describe('a reply without a usable count', () => {
  table(ALL, [
    ['null', null, null],
    ['text', '12', null],
    ['a list', [12], null],
    ['nothing', {}, null],
    ['counts as text', { prompt_tokens: '5', input_tokens: '5', output_tokens: '1' }, null],
    [
      'negative counts',
      { prompt_tokens: -5, completion_tokens: -1, input_tokens: -5, total_tokens: -6 },
      null,
    ],
    ['counts that are no objects', { prompt_tokens: {}, input_tokens: [], output_tokens: true }, null],
  ]);

  it.each(ALL)('%s: has no usage at all', (dialect) => expect(usageFromReply(dialect, {})).toBeNull());
});

describe('chat and completions', () => {
  table(
    ['openai-chat', 'openai-completions'],
    [
      ['plain', { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }, { input: 9, output: 3 }],
      [
        'the cached part is in the prompt',
        { prompt_tokens: 1000, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 900 } },
        { input: 100, cacheRead: 900, output: 5 },
      ],
      [
        'so is the written part',
        { prompt_tokens: 1000, prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 600 } },
        { input: 300, cacheRead: 100, cacheWrite: 600 },
      ],
      [
        'DeepSeek’s own field',
        {
          prompt_tokens: 496,
          completion_tokens: 31,
          prompt_cache_hit_tokens: 384,
          prompt_cache_miss_tokens: 112,
        },
        { input: 112, cacheRead: 384, output: 31 },
      ],
      [
        'Azure-hosted xAI: more cached than there was',
        { prompt_tokens: 347, completion_tokens: 18, prompt_tokens_details: { cached_tokens: 403 } },
        { cacheRead: 347, output: 18 },
      ],
      [
        'more written than there was',
        { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 400 } },
        { cacheRead: 4, cacheWrite: 6 },
      ],
      [
        'reasoning is in the output',
        {
          prompt_tokens: 19,
          completion_tokens: 76,
          total_tokens: 95,
          completion_tokens_details: { reasoning_tokens: 64 },
        },
        { input: 19, output: 76, reasoning: 64 },
      ],
      [
        'xAI: reasoning beside the output',
        {
          prompt_tokens: 331,
          completion_tokens: 11,
          total_tokens: 674,
          prompt_tokens_details: { cached_tokens: 283 },
          completion_tokens_details: { reasoning_tokens: 332 },
        },
        { input: 48, cacheRead: 283, output: 343, reasoning: 332 },
      ],
      [
        'more reasoning than output cannot be a part of it',
        { prompt_tokens: 1, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 50 } },
        { input: 1, output: 55, reasoning: 50 },
      ],
      [
        'a field of the wrong type counts as nothing',
        {
          prompt_tokens: 7,
          completion_tokens: '3',
          prompt_tokens_details: 'none',
          completion_tokens_details: null,
        },
        { input: 7 },
      ],
    ],
  );
});

describe('embeddings', () => {
  table(
    ['openai-embeddings'],
    [
      ['plain', { prompt_tokens: 8, total_tokens: 8 }, { input: 8 }],
      ['only the total', { total_tokens: 8 }, { input: 8 }],
      [
        'zero output told',
        { prompt_tokens: 11, total_tokens: 11, completion_tokens: 0, prompt_tokens_details: null },
        { input: 11 },
      ],
    ],
  );
});

describe('responses', () => {
  table(
    ['openai-responses'],
    [
      [
        'cached, written and reasoning',
        {
          input_tokens: 1542,
          input_tokens_details: { cached_tokens: 1408, cache_write_tokens: 100 },
          output_tokens: 30,
          output_tokens_details: { reasoning_tokens: 20 },
          total_tokens: 1572,
        },
        { input: 34, cacheRead: 1408, cacheWrite: 100, output: 30, reasoning: 20 },
      ],
      [
        'reasoning beside the output',
        {
          input_tokens: 10,
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 7 },
          total_tokens: 22,
        },
        { input: 10, output: 12, reasoning: 7 },
      ],
    ],
  );
});

describe('messages', () => {
  table(
    ['anthropic-messages'],
    [
      [
        'the cached part is not in the input',
        {
          input_tokens: 6,
          cache_creation_input_tokens: 3337,
          cache_read_input_tokens: 6289,
          output_tokens: 198,
        },
        { input: 6, cacheRead: 6289, cacheWrite: 3337, output: 198 },
      ],
      [
        'writes split by their time to live',
        {
          input_tokens: 1,
          output_tokens: 2,
          cache_creation_input_tokens: 1000,
          cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
        },
        { input: 1, cacheWrite: 400, cacheWrite1h: 600, output: 2 },
      ],
      [
        'the split alone',
        {
          input_tokens: 1,
          cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
        },
        { input: 1, cacheWrite: 400, cacheWrite1h: 600 },
      ],
      ['reads alone', { cache_read_input_tokens: 5 }, { cacheRead: 5 }],
      [
        'thinking is in the output',
        { input_tokens: 44, output_tokens: 626, output_tokens_details: { thinking_tokens: 170 } },
        { input: 44, output: 626, reasoning: 170 },
      ],
      [
        'a compaction is charged beside the totals, a pass of another model and the passes in the totals are not',
        {
          input_tokens: 682,
          output_tokens: 1320,
          iterations: [
            { type: 'compaction', input_tokens: 60385, output_tokens: 592 },
            { type: 'message', input_tokens: 682, output_tokens: 1320 },
            { type: 'advisor_message', model: 'other', input_tokens: 9, output_tokens: 9 },
            null,
          ],
        },
        { input: 61067, output: 1912 },
      ],
    ],
  );
});
