import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { objectsIn } from '../../json.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart, CustomTool } from '../hub/conversation.ts';
import { OneAtATime } from '../hub/one-at-a-time.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import { collected } from '../hub/testing.ts';
import { chunksIn, delta, partsFromSse, partsOfChunks, readContext, replyOf, sseOf } from './testing.ts';

const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const counts = {
  input: 9,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 3,
  reasoning: 0,
  estimated: false,
};
const DONE = '[DONE]';

const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type);
const contentOf = (chunks: (JsonObject | string)[]) => collected(partsOfChunks(chunks)).content();
const callPiece = (
  index: number | null,
  id: string | null,
  name: string | null,
  args?: string,
): JsonObject => ({
  ...(index === null ? {} : { index }),
  ...(id === null ? {} : { id, type: 'function' }),
  function: { ...(name === null ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
const calls = (...tool_calls: JsonObject[]) => delta({ tool_calls });
const callsIn = (chunks: (JsonObject | string)[]) =>
  contentOf([...chunks, delta({}, 'tool_calls'), DONE]).flatMap((part) =>
    part.type === 'tool_call' ? [[part.id, part.name, part.arguments]] : [],
  );

describe('reading', () => {
  it('case 10: takes the usage from the chunk without choices, or from the last that has one', () => {
    const openai = partsOfChunks([
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'hi' }),
      delta({}, 'stop'),
      { id: 'chatcmpl-1', model: 'acme-1', choices: [], usage },
      DONE,
    ]);
    expect(openai).toEqual([
      { type: 'start', id: 'chatcmpl-1', model: 'acme-1', usage: null },
      { type: 'block_start', index: 0, block: { type: 'text' } },
      { type: 'text_delta', index: 0, text: 'hi' },
      { type: 'block_end', index: 0 },
      { type: 'finish', finish: { reason: 'stop', stopSequence: null }, usage: counts },
    ]);
    const mistral = partsOfChunks([
      delta({ content: 'hi' }),
      delta({ content: '' }, 'stop', { usage }),
      DONE,
    ]);
    expect(mistral).toEqual(openai);
  });

  it('case 4: the first block is of the kind that comes first', () => {
    const first = (...chunks: JsonObject[]) => {
      const start = partsOfChunks(chunks).find(({ type }) => type === 'block_start') as { block: BlockStart };
      return start.block.type;
    };
    expect(
      first(
        delta({ role: 'assistant', content: '' }),
        delta({ reasoning_content: 'Hm' }),
        delta({ content: 'x' }),
      ),
    ).toBe('reasoning');
    expect(first(delta({ content: null }), calls(callPiece(0, 'a', 'f')))).toBe('tool_call');
    expect(first(delta({ refusal: 'No' }))).toBe('refusal');
  });

  it('case 3: a chunk that begins another block brings its own data, and that of several blocks', () => {
    const parts = partsOfChunks([
      delta({ reasoning_content: 'Hm.', content: 'A' }),
      delta({ content: 'B', tool_calls: [callPiece(0, 'a', 'f', '{"x"')] }),
      calls(callPiece(0, null, null, ':1}')),
      delta({ content: 'C' }, 'tool_calls'),
      DONE,
    ]);
    expect(collected(parts).content()).toMatchObject([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'AB' },
      { type: 'tool_call', id: 'a', name: 'f', arguments: '{"x":1}' },
      { type: 'text', text: 'C' },
    ]);
    expect(types(parts).filter((type) => type === 'block_end')).toHaveLength(4);
    expect(types(parts).at(-1)).toBe('finish');
  });

  it('case 1: tool calls as OpenAI sends them', () => {
    expect(
      callsIn([
        calls(callPiece(0, 'a', 'f', '')),
        calls(callPiece(0, null, null, '{"x"')),
        calls(callPiece(0, null, null, ':1}')),
      ]),
    ).toEqual([['a', 'f', '{"x":1}']]);
  });

  it.each([
    [
      'interleaved',
      [
        calls(callPiece(0, 'a', 'f', '{')),
        calls(callPiece(1, 'b', 'g', '{')),
        calls(callPiece(0, null, null, '}')),
        calls(callPiece(1, null, null, '}')),
      ],
    ],
    ['both in one chunk', [calls(callPiece(0, 'a', 'f', '{}'), callPiece(1, 'b', 'g', '{}'))]],
    [
      'without index',
      [
        calls(callPiece(null, 'a', 'f', '{}')),
        calls(callPiece(null, 'b', 'g', '{')),
        calls(callPiece(null, null, null, '}')),
      ],
    ],
    [
      'all with index 0, as Gemini',
      [calls(callPiece(0, 'a', 'f', '{}')), calls(callPiece(0, 'b', 'g', '{}'))],
    ],
    [
      'with an empty name later, as Mistral',
      [
        calls(callPiece(0, 'a', 'f', '')),
        calls(callPiece(0, null, '', '{}')),
        calls(callPiece(1, 'b', 'g', '{}')),
      ],
    ],
    [
      'with id and name every time',
      [
        calls(callPiece(0, 'a', 'f', '{')),
        calls(callPiece(0, 'a', 'f', '}')),
        calls(callPiece(1, 'b', 'g', '{}')),
      ],
    ],
    [
      'with the name after the id and after arguments',
      [
        calls(callPiece(0, 'a', null, '{')),
        calls(callPiece(0, null, 'f', '}')),
        calls(callPiece(1, 'b', 'g', '{}')),
      ],
    ],
    [
      'with another id for what goes on',
      [
        calls(callPiece(0, 'a', 'f', '{')),
        calls(callPiece(0, 'a2', null, '}')),
        calls(callPiece(1, 'b', 'g', '{}')),
      ],
    ],
  ] as [string, JsonObject[]][])('case 2: two calls, %s', (_, chunks) => {
    expect(callsIn(chunks)).toEqual([
      ['a', 'f', '{}'],
      ['b', 'g', '{}'],
    ]);
  });

  it('case 2: interleaved calls come out one after the other for dialects that want it so', () => {
    const order = new OneAtATime();
    const parts = partsOfChunks([
      calls(callPiece(0, 'a', 'f', '{')),
      calls(callPiece(1, 'b', 'g', '{')),
      calls(callPiece(0, null, null, '}')),
      calls(callPiece(1, null, null, '}')),
      delta({}, 'tool_calls'),
      DONE,
    ]).flatMap((part) => order.push(part));
    const indexes = parts.flatMap((part) => ('index' in part ? [part.index] : []));
    expect(indexes).toEqual(indexes.toSorted());
  });

  it('case 2: two calls with one index and no ids, told apart by their names', () => {
    const names = callsIn([calls(callPiece(0, null, 'f', '{}')), calls(callPiece(0, null, 'g', '{"x":1}'))]);
    expect(names.map(([, name, args]) => [name, args])).toEqual([
      ['f', '{}'],
      ['g', '{"x":1}'],
    ]);
  });

  it('case 57: a call without id gets one, the same at every reading', () => {
    const read = () => callsIn([calls(callPiece(0, null, 'f', '{}')), calls(callPiece(1, '', 'g', '{}'))]);
    const ids = read().map(([id]) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id !== '')).toBe(true);
    expect(read()).toEqual(read());
  });

  it('case 9: a call without arguments has none that must be joined to something', () => {
    expect(callsIn([calls(callPiece(0, 'a', 'f')), calls(callPiece(0, null, null, ''))])).toEqual([
      ['a', 'f', '{}'],
    ]);
    expect(callsIn([calls(callPiece(0, 'a', 'f', '{}'))])).toEqual([['a', 'f', '{}']]);
  });

  it('unwraps custom tools, whose input can be read only whole', () => {
    const custom: CustomTool = { kind: 'custom', name: 'grep', format: null, at: '' };
    const parts = partsOfChunks(
      [
        calls(callPiece(0, 'a', 'grep', '{"inp')),
        calls(callPiece(0, null, null, 'ut":"x y"}')),
        delta({}, 'stop'),
        DONE,
      ],
      readContext([custom]),
    );
    expect(parts.flatMap((part) => (part.type === 'arguments_delta' ? [part.text] : []))).toEqual(['x y']);
    expect(collected(parts).content()).toMatchObject([{ kind: 'custom', arguments: 'x y' }]);
    expect(collected(parts).finish?.reason).toBe('tool_calls');
  });

  it('case 37: reads signed thoughts as LiteLLM streams them', () => {
    const seal = { origin: 'anthropic', provider: 'acme', data: 'sig' };
    const streamed = [
      delta({
        reasoning_content: 'H',
        thinking_blocks: [{ type: 'thinking', thinking: 'H', signature: '' }],
      }),
      delta({
        reasoning_content: 'm.',
        thinking_blocks: [{ type: 'thinking', thinking: 'm.', signature: '' }],
      }),
      delta({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] }),
      delta({ thinking_blocks: [{ type: 'redacted_thinking', data: 'hid' }] }),
      delta({ reasoning_content: 'More.' }),
      delta({ content: 'hi' }, 'stop'),
      DONE,
    ];
    expect(contentOf(streamed)).toMatchObject([
      { type: 'reasoning', text: 'Hm.', seal },
      { type: 'reasoning', text: '', seal: { origin: 'anthropic-redacted', data: 'hid' } },
      { type: 'reasoning', text: 'More.', seal: null },
      { type: 'text', text: 'hi' },
    ]);
    const blocksAlone = [
      delta({ thinking_blocks: [{ type: 'thinking', thinking: 'H' }] }),
      delta({ thinking_blocks: [{ type: 'thinking', thinking: 'm.' }] }),
      delta({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] }),
      delta({}, 'stop'),
      DONE,
    ];
    expect(contentOf(blocksAlone)).toMatchObject([{ type: 'reasoning', text: 'Hm.', seal }]);
    const whole = [
      delta({ thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'sig' }] }),
      delta({}, 'stop'),
      DONE,
    ];
    expect(contentOf(whole)).toMatchObject([{ type: 'reasoning', text: 'Hm.', seal }]);
  });

  it('case 35: reads citations while the text is open, and pages told beside it', () => {
    const annotations = [
      {
        type: 'url_citation',
        url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 },
      },
    ];
    expect(
      contentOf([delta({ content: 'hi' }), delta({ annotations }), delta({}, 'stop'), DONE]),
    ).toMatchObject([{ text: 'hi', citations: [{ url: 'https://a.example', start: 0, end: 2 }] }]);
    const search_results = [{ url: 'https://a.example', title: 'A' }];
    expect(
      contentOf([delta({ content: 'hi' }, null, { search_results }), delta({}, 'stop', { search_results })]),
    ).toMatchObject([{ text: 'hi', citations: [{ url: 'https://a.example', title: 'A' }] }]);
  });

  describe('case 6: the end of a stream', () => {
    it.each([
      ['[DONE] behind a reason', [delta({ content: 'hi' }), delta({}, 'stop'), DONE], 'stop'],
      ['a reason without [DONE]', [delta({ content: 'hi' }), delta({}, 'length')], 'length'],
      ['[DONE] without a reason', [delta({ content: 'hi' }), DONE], 'stop'],
      ['[DONE] without a reason behind calls', [calls(callPiece(0, 'a', 'f')), DONE], 'tool_calls'],
      ['a reason twice', [delta({ content: 'hi' }, 'stop'), delta({ content: '' }, 'stop'), DONE], 'stop'],
      [
        'what comes behind it',
        [delta({ content: 'hi' }, 'stop'), DONE, delta({ content: 'more' }), DONE],
        'stop',
      ],
    ] as [string, (JsonObject | string)[], string][])('%s', (_, chunks, reason) => {
      const parts = partsOfChunks(chunks);
      expect(parts.filter(({ type }) => type === 'finish')).toMatchObject([{ finish: { reason } }]);
      expect(parts.at(-1)?.type).toBe('finish');
    });

    it.each([
      ['nothing at all', []],
      ['[DONE] alone', [DONE]],
      ['a cut', [delta({ content: 'hi' })]],
    ] as [string, (JsonObject | string)[]][])('is none: %s', (_, chunks) => {
      expect(types(partsOfChunks(chunks))).not.toContain('finish');
    });
  });

  it.each([
    [{ error: { message: 'overloaded', code: 503 } }, 503],
    [{ error: { message: 'overloaded', type: 'overloaded_error' }, choices: [] }, 503],
    [
      {
        choices: [
          {
            index: 0,
            delta: { content: '' },
            finish_reason: 'error',
            error: { code: 503, message: 'overloaded' },
          },
        ],
      },
      503,
    ],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }, 500],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'insufficient_system_resource' }] }, 500],
  ] as [JsonObject, number][])(
    'case 12: %j ends the stream as an error, whatever comes behind it',
    (event, status) => {
      const parts = partsOfChunks([delta({ content: 'hi' }), event, DONE]);
      expect(parts.at(-1)).toMatchObject({ type: 'error', error: { status } });
      expect(types(parts)).not.toContain('finish');
    },
  );

  it('case 13: an error as the first event, also one that only its name tells', () => {
    expect(types(partsOfChunks([{ error: { message: 'no' } }]))).toEqual(['error']);
    expect(partsFromSse('event: error\ndata: out of memory\n\n')).toMatchObject([
      { type: 'error', error: { message: 'out of memory' } },
    ]);
  });

  it('case 15: malformed and unknown events are passed over', () => {
    const parts = partsOfChunks([
      '{"choices":[{',
      'null',
      '7',
      '[]',
      { choices: 'none' },
      { choices: [null, 5] },
      delta({ content: 'h' }),
      { choices: [{ index: 0 }] },
      {
        choices: [{ index: 0, delta: { tool_calls: 'x', content: 5, thinking_blocks: 'x', annotations: 1 } }],
      },
      delta({ content: 'i' }),
      delta({}, 'stop'),
      DONE,
    ]);
    expect(collected(parts).content()).toMatchObject([{ text: 'hi' }]);
    expect(types(parts).at(-1)).toBe('finish');
  });

  it('reads only the first choice, messages in place of deltas, and starts where there is something to start', () => {
    const azure = { id: '', model: '', choices: [], prompt_filter_results: [] };
    const second = {
      id: 'chatcmpl-1',
      model: 'acme-1',
      choices: [{ index: 1, delta: { content: 'other' } }],
    };
    const message = {
      id: 'chatcmpl-1',
      model: 'acme-1',
      choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }],
    };
    const parts = partsOfChunks([azure, second, message, DONE]);
    expect(parts[0]).toMatchObject({ type: 'start', id: 'chatcmpl-1', model: 'acme-1' });
    expect(collected(parts).content()).toMatchObject([{ text: 'hi' }]);
  });
});

describe('writing', () => {
  const start: StreamPart = { type: 'start', id: 'msg_1', model: 'real', usage: null };
  const finish: StreamPart = {
    type: 'finish',
    finish: { reason: 'stop', stopSequence: null },
    usage: counts,
  };
  const text = (index: number, text: string): StreamPart[] => [
    { type: 'block_start', index, block: { type: 'text' } },
    { type: 'text_delta', index, text },
    { type: 'block_end', index },
  ];
  const deltasOf = (...parts: StreamPart[]) =>
    chunksIn(sseOf([start, ...parts])).flatMap(({ choices }) =>
      objectsIn(choices).map((choice) => choice.delta),
    );

  it('case 10: role first, then deltas, then the reason, then [DONE]; no event names', () => {
    const sse = sseOf([start, ...text(0, 'h"i'), finish]);
    const head = '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"real"';
    const line = (delta: string, reason: string) =>
      `data: {${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
    expect(sse).toBe(
      line('{"role":"assistant","content":"","refusal":null}', 'null') +
        line('{"content":"h\\"i"}', 'null') +
        line('{}', '"stop"') +
        'data: [DONE]\n\n',
    );
  });

  it('case 10: usage in a chunk without choices, only when asked; the others then say null', () => {
    expect(
      sseOf([start, ...text(0, 'hi'), finish], { stream_options: { include_usage: false } }),
    ).not.toContain('usage');
    const chunks = chunksIn(
      sseOf([start, ...text(0, 'hi'), finish], { stream_options: { include_usage: true } }),
    );
    const last = chunks.pop();
    expect(last).toMatchObject({ choices: [], usage });
    expect(chunks.every((chunk) => chunk.usage === null && objectsIn(chunk.choices).length === 1)).toBe(true);
  });

  it('case 57: one id, one time and one model in all chunks', () => {
    const chunks = chunksIn(
      sseOf([start, ...text(0, 'hi'), finish], { stream_options: { include_usage: true } }),
    );
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
  });

  it('case 1: a call says index, id and name once, then its arguments; calls may interleave', () => {
    const block = (id: string): BlockStart => ({ type: 'tool_call', id, name: 'f', kind: 'function' });
    expect(
      deltasOf(
        ...text(0, 'x'),
        { type: 'block_start', index: 1, block: block('a') },
        { type: 'block_start', index: 2, block: block('b') },
        { type: 'arguments_delta', index: 2, text: '{"y"' },
        { type: 'arguments_delta', index: 1, text: '{}' },
        { type: 'arguments_delta', index: 2, text: ':1}' },
        { type: 'block_end', index: 1 },
        { type: 'block_end', index: 2 },
      ).slice(2),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"y"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      { tool_calls: [{ index: 1, function: { arguments: ':1}' } }] },
    ]);
  });

  it('case 9: a call without arguments ends as an empty object, once', () => {
    const block: BlockStart = { type: 'tool_call', id: 'a', name: 'f', kind: 'function' };
    const args = (...texts: string[]) =>
      deltasOf(
        { type: 'block_start', index: 0, block },
        ...texts.map((text) => ({ type: 'arguments_delta', index: 0, text }) as const),
        { type: 'block_end', index: 0 },
      )
        .slice(1)
        .flatMap((delta) =>
          objectsIn((delta as JsonObject).tool_calls).map((call) => (call.function as JsonObject).arguments),
        )
        .join('');
    expect(args()).toBe('{}');
    expect(args('')).toBe('{}');
    expect(args('{}')).toBe('{}');
    expect(args('{"a"', ':1}')).toBe('{"a":1}');
  });

  it('case 24: tools that the provider runs are not written', () => {
    expect(
      deltasOf(
        {
          type: 'block_start',
          index: 0,
          block: { type: 'server_tool', id: 's', name: 'web_search', phase: 'call', raw: {} },
        },
        { type: 'block_end', index: 0 },
        ...text(1, 'Found.'),
      ).slice(1),
    ).toEqual([{ content: 'Found.' }]);
  });

  it('case 35: citations come at the end of their text, counted from the start of all of it', () => {
    const citation = { kind: 'url', url: 'https://a.example', title: 'A' } as const;
    expect(
      deltasOf(
        ...text(0, 'One. '),
        { type: 'block_start', index: 1, block: { type: 'text' } },
        { type: 'citation', index: 1, citation },
        { type: 'text_delta', index: 1, text: 'Two.' },
        { type: 'block_end', index: 1 },
      ).at(-1),
    ).toEqual({
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://a.example', title: 'A', start_index: 5, end_index: 9 },
        },
      ],
    });
  });

  it('case 8: a ping is a comment, which no client reads', () => {
    expect(sseOf([{ type: 'ping' }])).toBe(': ping\n\n');
    const parts = partsFromSse(sseOf([start, { type: 'ping' }, ...text(0, 'hi'), { type: 'ping' }, finish]));
    expect(collected(parts).content()).toMatchObject([{ text: 'hi' }]);
  });

  it('case 12: an error is an error object, before or amid an answer, and nothing follows it, no [DONE]', () => {
    const error: StreamPart = {
      type: 'error',
      error: { status: 529, type: 'overloaded_error', code: null, message: 'Overloaded', param: null },
    };
    const written =
      'data: {"error":{"message":"Overloaded","type":"service_unavailable","param":null,"code":null}}\n\n';
    expect(sseOf([error, finish])).toBe(written);
    const amid = sseOf([start, ...text(0, 'hi'), error, finish, { type: 'ping' }]);
    expect(amid.endsWith(written)).toBe(true);
    expect(amid).not.toContain('[DONE]');
  });

  it('case 5: writes nothing behind the end', () => {
    const once = sseOf([start, finish]);
    expect(sseOf([start, finish, finish, ...text(0, 'x')])).toBe(once);
  });

  it('is read again as what it was, sealed thoughts and all', () => {
    const at = '';
    const content: AssistantPart[] = [
      {
        type: 'reasoning',
        text: 'Hm.',
        seal: { origin: 'anthropic', provider: 'anthropic', data: 'sig' },
        at,
      },
      { type: 'text', text: 'I call ü.', at },
      { type: 'tool_call', id: 'a', name: 'f', arguments: '{"x": 1}', kind: 'function', at },
      { type: 'tool_call', id: 'b', name: 'g', arguments: '{}', kind: 'function', at },
    ];
    const reply = replyOf({ content, finish: { reason: 'tool_calls', stopSequence: null }, usage: counts });
    const again = collected(partsFromSse(sseOf(partsOf(reply), { stream_options: { include_usage: true } })));
    expect(again.content()).toEqual([
      // The block comes back as that server's own: who made it is in the data.
      {
        ...content[0],
        seal: { origin: 'anthropic', provider: 'acme', data: expect.stringMatching(/^le1\./) },
      },
      ...content.slice(1),
    ]);
    expect(again).toMatchObject({
      id: 'chatcmpl-1',
      model: 'acme-1',
      usage: counts,
      finish: { reason: 'tool_calls' },
    });
  });
});
