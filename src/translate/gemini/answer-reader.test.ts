import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { StreamPart } from '../hub/reply.ts';
import { AnswerReader } from './answer-reader.ts';
import { GOOGLE, readContext } from './testing.ts';

const SEAL = { origin: 'gemini', provider: GOOGLE.id } as const;

/** The parts of a stream of such answers; a text stands for itself. */
function read(chunks: readonly (JsonObject | string)[], context = readContext()): StreamPart[] {
  const reader = new AnswerReader(context);
  const parts = chunks.flatMap((chunk) =>
    reader.event('', typeof chunk === 'string' ? chunk : JSON.stringify(chunk)),
  );
  return [...parts, ...reader.end()];
}

function chunk(parts: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    modelVersion: 'gemini-3-pro-preview',
    responseId: 'Ab-1',
  };
}
const usageMetadata = {
  promptTokenCount: 10,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 2,
  totalTokenCount: 17,
};
const usage = {
  input: 10,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 7,
  reasoning: 2,
  estimated: false,
};
const start = { type: 'start', id: 'Ab-1', model: 'gemini-3-pro-preview', usage: null } as const;
const finish = (reason: string, counted: object | null = null) => ({
  type: 'finish',
  finish: { reason, stopSequence: null },
  usage: counted,
});
const text = (index: number, words: string) => ({ type: 'text_delta', index, text: words });
const begin = (index: number, type: string) => ({ type: 'block_start', index, block: { type } });
const end = (index: number) => ({ type: 'block_end', index });
const sealed = (index: number, data: string) => [
  begin(index, 'reasoning'),
  { type: 'seal', index, seal: { ...SEAL, data } },
  end(index),
];
const called = (index: number, id: string, name: string, args: string) => [
  { type: 'block_start', index, block: { type: 'tool_call', id, name, kind: 'function' } },
  { type: 'arguments_delta', index, text: args },
  end(index),
];

describe('a streamed text', () => {
  it('comes as it is told, with the usage of the last chunk that has one', () => {
    const parts = read([
      { ...chunk([{ text: 'One' }]), usageMetadata: { trafficType: 'ON_DEMAND' } },
      chunk([{ text: ' two' }]),
      { ...chunk([], { finishReason: 'STOP' }), usageMetadata },
    ]);
    expect(parts).toEqual([
      start,
      begin(0, 'text'),
      text(0, 'One'),
      text(0, ' two'),
      end(0),
      finish('stop', usage),
    ]);
  });

  it('tells the usage of its first chunk at the start', () => {
    expect(read([{ ...chunk([{ text: 'One' }]), usageMetadata }])[0]).toEqual({ ...start, usage });
  });

  it('takes what follows the finish reason', () => {
    const parts = read([
      chunk([{ text: 'One' }], { finishReason: 'STOP' }),
      { ...chunk([{ text: ' two' }], { finishReason: 'STOP' }), usageMetadata },
    ]);
    expect(parts.slice(3)).toEqual([text(0, ' two'), end(0), finish('stop', usage)]);
  });

  it('without a finish reason has been cut', () => {
    expect(read([chunk([{ text: 'One' }])])).toEqual([start, begin(0, 'text'), text(0, 'One'), end(0)]);
    expect(read([])).toEqual([]);
  });

  it('case 15: survives what it does not understand', () => {
    const parts = read([
      '{"candidates":',
      'null',
      '[]',
      '[DONE]',
      '{"candidates":"x"}',
      '{"candidates":[{"content":{"parts":[null,7,{"text":3},{"functionCall":"x"},{"unknown":{}}]}}]}',
      chunk([{ text: 'One' }], { finishReason: 'STOP' }),
    ]);
    expect(parts.map(({ type }) => type)).toEqual([
      'start',
      'block_start',
      'text_delta',
      'block_end',
      'finish',
    ]);
  });
});

describe('case 37: thoughts and signatures', () => {
  it('are reasoning; a signature stands before the part that it signs', () => {
    const parts = read([
      chunk([{ text: 'Hm', thought: true }]),
      chunk([{ text: '.', thought: true }]),
      chunk([{ text: 'Yes.', thoughtSignature: 'S1' }]),
      chunk([{ functionCall: { name: 'f', args: {}, id: 'x1' }, thoughtSignature: 'S2' }], {
        finishReason: 'STOP',
      }),
    ]);
    expect(parts).toEqual([
      start,
      begin(0, 'reasoning'),
      text(0, 'Hm'),
      text(0, '.'),
      end(0),
      ...sealed(1, 'S1'),
      begin(2, 'text'),
      text(2, 'Yes.'),
      end(2),
      ...sealed(3, 'S2'),
      ...called(4, 'x1', 'f', '{}'),
      finish('tool_calls'),
    ]);
  });

  it('a signature in the middle or at the end of a text comes behind it', () => {
    const trailing = read([
      chunk([{ text: 'Yes' }]),
      chunk([{ text: '.' }]),
      chunk([{ text: '', thoughtSignature: 'S' }], { finishReason: 'STOP' }),
    ]);
    expect(trailing.slice(3)).toEqual([text(0, '.'), end(0), ...sealed(1, 'S'), finish('stop')]);
    const middle = read([
      chunk([{ text: 'A' }]),
      chunk([{ text: 'B', thoughtSignature: 'S' }]),
      chunk([{ text: 'C' }]),
    ]);
    expect(middle.slice(2)).toEqual([
      text(0, 'A'),
      text(0, 'B'),
      end(0),
      ...sealed(1, 'S'),
      begin(2, 'text'),
      text(2, 'C'),
      end(2),
    ]);
  });

  it('a thought may be signed itself', () => {
    const parts = read([chunk([{ text: 'Hm.', thought: true, thoughtSignature: 'S' }, { text: 'Yes.' }])]);
    expect(parts.slice(1, 5)).toEqual([
      begin(0, 'reasoning'),
      text(0, 'Hm.'),
      { type: 'seal', index: 0, seal: { ...SEAL, data: 'S' } },
      end(0),
    ]);
  });
});

describe('function calls', () => {
  it('case 57: get ids that are the answer’s own where Gemini gives none', () => {
    const parts = read([
      chunk([{ functionCall: { name: 'add', args: { a: 1 } } }]),
      chunk([{ functionCall: { name: 'add', args: { a: 2 } } }], { finishReason: 'STOP' }),
    ]);
    expect(parts).toEqual([
      start,
      ...called(0, 'call_Ab-1_1', 'add', '{"a":1}'),
      ...called(1, 'call_Ab-1_2', 'add', '{"a":2}'),
      finish('tool_calls'),
    ]);
    const nameless = read(['{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]}']);
    expect(nameless).toContainEqual({
      type: 'block_start',
      index: 0,
      block: { type: 'tool_call', id: 'call_1', name: 'f', kind: 'function' },
    });
  });

  it('case 9: without arguments have an empty object of them', () => {
    for (const call of [{ name: 'f' }, { name: 'f', args: {} }, { name: 'f', args: null }]) {
      expect(read([chunk([{ functionCall: call }])])).toContainEqual({
        type: 'arguments_delta',
        index: 0,
        text: '{}',
      });
    }
  });

  it('case 23: have the client’s names, and custom tools their text', () => {
    const context = readContext({
      tools: [
        { kind: 'function', name: 'my tool', schema: null, strict: null, at: '' },
        { kind: 'custom', name: 'run', format: null, at: '' },
      ],
    });
    const sent = context.names.sent('my tool');
    const parts = read(
      [
        chunk([
          { functionCall: { name: sent, args: {} } },
          { functionCall: { name: 'run', args: { input: 'ls\n' } } },
        ]),
      ],
      context,
    );
    expect(parts.filter(({ type }) => type === 'block_start')).toMatchObject([
      { block: { name: 'my tool', kind: 'function' } },
      { block: { name: 'run', kind: 'custom' } },
    ]);
    expect(parts).toContainEqual({ type: 'arguments_delta', index: 1, text: 'ls\n' });
  });

  it('may come in pieces, and end without saying so', () => {
    const piece = (jsonPath: string, value: JsonObject, more = true) =>
      chunk([
        { functionCall: { partialArgs: [{ jsonPath, ...value }], ...(more ? { willContinue: true } : {}) } },
      ]);
    const parts = read([
      chunk([{ functionCall: { name: 'a', willContinue: true }, thoughtSignature: 'S' }]),
      piece('$.city', { stringValue: 'Bos', willContinue: true }),
      piece('$.city', { stringValue: 'ton' }),
      chunk([{ functionCall: {} }]),
      chunk([{ functionCall: { name: 'b', willContinue: true } }]),
      piece('$.n', { numberValue: 1 }),
      chunk([], { finishReason: 'STOP' }),
    ]);
    expect(parts).toEqual([
      start,
      ...sealed(0, 'S'),
      ...called(1, 'call_Ab-1_1', 'a', '{"city":"Boston"}'),
      ...called(2, 'call_Ab-1_2', 'b', '{"n":1}'),
      finish('tool_calls'),
    ]);
  });
});

describe('case 51: why it ended', () => {
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    ['UNEXPECTED_TOOL_CALL', 'other'],
    ['LANGUAGE', 'other'],
    ['OTHER', 'other'],
    ['toString', 'other'],
  ])('%s is %s', (finishReason, reason) => {
    expect(read([chunk([{ text: 'x' }], { finishReason })]).at(-1)).toEqual(finish(reason));
  });

  it('a call that was cut is no call to make', () => {
    const call = { functionCall: { name: 'f' } };
    expect(read([chunk([call], { finishReason: 'MAX_TOKENS' })]).at(-1)).toEqual(finish('length'));
    expect(read([chunk([call], { finishReason: 'STOP' })]).at(-1)).toEqual(finish('tool_calls'));
  });

  it('case 52: a refused prompt has no candidates', () => {
    const parts = read([
      { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, responseId: 'Ab-1', usageMetadata },
    ]);
    expect(parts).toEqual([{ type: 'start', id: 'Ab-1', model: '', usage }, finish('content_filter', usage)]);
  });
});

describe('case 13: a failure after status 200', () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
  const told = {
    type: 'error',
    error: { status: 503, type: 'UNAVAILABLE', code: null, message: 'The model is overloaded.', param: null },
  };

  it.each<[string, string]>([
    ['as an object', JSON.stringify(error)],
    ['in a list', JSON.stringify([error])],
  ])('is all there is, %s', (_, event) => expect(read([event, chunk([{ text: 'x' }])])).toEqual([told]));

  it('ends what had begun', () => {
    expect(read([chunk([{ text: 'x' }]), error, chunk([{ text: 'y' }])]).slice(3)).toEqual([told]);
  });
});

it('case 24: what the provider’s own tools did is no client’s tool call', () => {
  const call = { toolCall: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB', args: {} }, thoughtSignature: 'S' };
  const result = { toolResponse: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB', response: {} } };
  const code = { executableCode: { code: '1+1', language: 'PYTHON' } };
  const parts = read([chunk([call, result, code, { text: 'x' }], { finishReason: 'STOP' })]);
  const blocks = parts.flatMap((part) => (part.type === 'block_start' ? [part.block] : []));
  expect(blocks).toEqual([
    { type: 'server_tool', id: 'x', name: 'google_search_web', phase: 'call', raw: call },
    { type: 'server_tool', id: 'x', name: 'google_search_web', phase: 'result', raw: result },
    { type: 'server_tool', id: '', name: 'code_execution', phase: 'call', raw: code },
    { type: 'text' },
  ]);
  expect(parts.at(-1)).toEqual(finish('stop'));
});

describe('what no client’s dialect has a place for', () => {
  it.each([
    [{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }, 'an image (image/png)'],
    [{ inlineData: { mimeType: 'audio/L16;rate=24000', data: 'aGk=' } }, 'audio (audio/L16;rate=24000)'],
    [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://a/b' } }, 'a video (video/mp4)'],
    [{ inlineData: { data: 'aGk=' } }, 'a file'],
  ])('is an error, after which nothing comes: %j', (part, what) => {
    const parts = read([
      chunk([{ text: 'Here:' }, part, { text: 'Nice?' }]),
      chunk([], { finishReason: 'STOP' }),
    ]);
    expect(parts.map(({ type }) => type)).toEqual(['start', 'block_start', 'text_delta', 'error']);
    expect(parts.at(-1)).toMatchObject({
      error: { status: 501, code: 'not_implemented', message: expect.stringContaining(`holds ${what},`) },
    });
  });
});
