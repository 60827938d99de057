import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { collected } from '../hub/testing.ts';
import { eventText, partsOfText, provider, readContext } from './testing.ts';
import { messagesProvider } from './translator.ts';

const start: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
    usage: { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: 3, output_tokens: 1 },
  },
};
const stop: JsonObject = { type: 'message_stop' };

function end(delta: JsonObject, usage: JsonObject = { output_tokens: 7 }): JsonObject {
  return { type: 'message_delta', delta, usage };
}

function block(index: number, content_block: JsonObject, ...deltas: JsonObject[]): JsonObject[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function answer(blocks: JsonObject[], delta: JsonObject = { stop_reason: 'end_turn' }): string {
  return eventText(start, ...blocks, end(delta), stop);
}

const text = (index: number, ...pieces: string[]) =>
  block(index, { type: 'text', text: '' }, ...pieces.map((piece) => ({ type: 'text_delta', text: piece })));

describe('a streamed answer', () => {
  it('case 4, case 5: begins once, with the kind of its first block, and ends once', () => {
    const thinking = block(0, { type: 'thinking', thinking: '' }, { type: 'thinking_delta', thinking: 'hm' });
    const parts = partsOfText(
      answer([...thinking, ...text(1, 'a', 'b')]) + eventText(start, ...text(2, 'late'), stop),
    );
    expect(parts.map(({ type }) => type)).toEqual([
      'start',
      'block_start',
      'text_delta',
      'block_end',
      'block_start',
      'text_delta',
      'text_delta',
      'block_end',
      'finish',
    ]);
    expect(parts[1]).toEqual({ type: 'block_start', index: 0, block: { type: 'reasoning' } });
  });

  it('case 5: a start that is told again changes nothing, that of another answer voids this one', () => {
    const again = eventText(start, start, ...text(0, 'a'), end({ stop_reason: 'end_turn' }), stop);
    expect(partsOfText(again).filter(({ type }) => type === 'start')).toHaveLength(1);
    const other = { type: 'message_start', message: { id: 'msg_2' } };
    const [first] = text(0);
    const types = partsOfText(eventText(start, first ?? {}, other, stop)).map(({ type }) => type);
    expect(types).toEqual(['start', 'block_start', 'error']);
  });

  it('case 53: counts what is known at the start, and totals at the end', () => {
    const parts = partsOfText(answer([]));
    expect(parts[0]).toMatchObject({ usage: { input: 10, cacheRead: 4, cacheWrite: 3 } });
    expect(parts.at(-1)).toMatchObject({ usage: { input: 10, cacheRead: 4, cacheWrite: 3, output: 7 } });
    const grown = eventText(
      start,
      end({ stop_reason: 'end_turn' }, { input_tokens: 50, output_tokens: 2, cache_read_input_tokens: null }),
      stop,
    );
    expect(partsOfText(grown).at(-1)).toMatchObject({ usage: { input: 50, cacheRead: 4, output: 2 } });
  });

  it('case 1: a call comes with id and name, then pieces of its arguments', () => {
    const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
    const pieces = ['{"a"', ':1}'].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    const parts = partsOfText(answer(block(0, use, ...pieces), { stop_reason: 'tool_use' }));
    expect(parts.slice(1, -1)).toEqual([
      {
        type: 'block_start',
        index: 0,
        block: { type: 'tool_call', id: 'toolu_1', name: 'f', kind: 'function' },
      },
      { type: 'arguments_delta', index: 0, text: '{"a"' },
      { type: 'arguments_delta', index: 0, text: ':1}' },
      { type: 'block_end', index: 0 },
    ]);
    expect(parts.at(-1)).toMatchObject({ finish: { reason: 'tool_calls' } });
  });

  it.each([
    [{}, [], '{}'],
    [{}, [''], '{}'],
    [{ a: 1 }, [], '{"a":1}'],
    [{}, ['', '{"a":', '2}'], '{"a":2}'],
  ])('case 9: input %j and pieces %j are arguments %s', (input, pieces, args) => {
    const deltas = pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    const parts = partsOfText(answer(block(0, { type: 'tool_use', id: 't', name: 'f', input }, ...deltas)));
    expect(parts.flatMap((part) => (part.type === 'arguments_delta' ? part.text : [])).join('')).toBe(args);
  });

  it('case 8: pings pass, but none before the start', () => {
    const ping = { type: 'ping' };
    const types = partsOfText(
      eventText(ping, start, ping, ...text(0, 'a'), ping, end({ stop_reason: 'end_turn' }), stop),
    ).map(({ type }) => type);
    expect(types).toEqual(['start', 'ping', 'block_start', 'text_delta', 'block_end', 'ping', 'finish']);
  });

  it('case 14: lines may end in CRLF, an event may have several, and comments stand between', () => {
    const message =
      ': hello\r\nevent: message_start\r\ndata: {"type":"message_start",\r\ndata: "message":{"id":"i"}}\r\n\r\n';
    expect(partsOfText(message)).toEqual([{ type: 'start', id: 'i', model: '', usage: null }]);
  });

  it('case 15: a malformed event, an unknown one and an unknown block are passed over', () => {
    const torn = 'event: content_block_delta\ndata: {"type":"content_blo\n\n';
    const unknown = eventText(
      { type: 'content_block_delta', index: 9, delta: { type: 'text_delta', text: 'x' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'new_delta' } },
      { type: 'content_block_delta', index: 0 },
      { type: 'something_new' },
      ...block(5, { type: 'compaction', content: 'x' }),
    );
    const [first, ...rest] = text(0, 'a');
    const all =
      eventText(start, first ?? {}) +
      torn +
      unknown +
      eventText(...rest, end({ stop_reason: 'end_turn' }), stop);
    expect(collected(partsOfText(all)).content()).toEqual([{ type: 'text', text: 'a', at: '' }]);
  });

  it('a stream that is cut has no finish', () => {
    const types = partsOfText(eventText(start, ...text(0, 'a'), end({ stop_reason: 'end_turn' }))).map(
      ({ type }) => type,
    );
    expect(types).not.toContain('finish');
  });

  it('a stream that stops with a block open closes it', () => {
    const [first] = text(0);
    const types = partsOfText(eventText(start, first ?? {}, stop)).map(({ type }) => type);
    expect(types).toEqual(['start', 'block_start', 'block_end', 'finish']);
  });

  it('case 12, case 13: an error inside is the last part, an overload as the first event too', () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const error = { status: 529, type: 'overloaded_error', code: null, message: 'Overloaded', param: null };
    expect(partsOfText(eventText(overloaded, start))).toEqual([{ type: 'error', error }]);
    expect(partsOfText(eventText(start, overloaded, stop)).map(({ type }) => type)).toEqual([
      'start',
      'error',
    ]);
    expect(partsOfText('event: error\ndata: oops\n\n')).toMatchObject([
      { type: 'error', error: { status: 500 } },
    ]);
  });
});

describe('what blocks hold', () => {
  it('case 37: thinking with its signature, empty or redacted', () => {
    const parts = partsOfText(
      answer([
        ...block(
          0,
          { type: 'thinking', thinking: '', signature: '' },
          { type: 'thinking_delta', thinking: ' a\n' },
          { type: 'signature_delta', signature: 'S=' },
        ),
        ...block(1, { type: 'thinking', thinking: '' }, { type: 'signature_delta', signature: 'E' }),
        ...block(2, { type: 'redacted_thinking', data: 'R' }),
        ...block(3, { type: 'thinking', thinking: 'whole' }),
      ]),
    );
    const seal = (origin: string, data: string) => ({ origin, provider: 'anthropic', data });
    expect(collected(parts).content()).toMatchObject([
      { type: 'reasoning', text: ' a\n', seal: seal('anthropic', 'S=') },
      { type: 'reasoning', text: '', seal: seal('anthropic', 'E') },
      { type: 'reasoning', text: '', seal: seal('anthropic-redacted', 'R') },
      { type: 'reasoning', text: 'whole', seal: null },
    ]);
  });

  it('case 24: a server tool’s call comes whole, with its result, and is no call of the client', () => {
    const call = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const result = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result' }],
    };
    const parts = partsOfText(
      answer([
        ...block(
          0,
          call,
          { type: 'input_json_delta', partial_json: '{"query":' },
          { type: 'input_json_delta', partial_json: '"q"}' },
        ),
        ...block(1, result),
        ...text(2, 'a'),
      ]),
    );
    expect(collected(parts).content()).toMatchObject([
      { type: 'server_tool', phase: 'call', raw: { ...call, input: { query: 'q' } } },
      { type: 'server_tool', phase: 'result', name: 'web_search', raw: result },
      { type: 'text', text: 'a' },
    ]);
    expect(parts.at(-1)).toMatchObject({ finish: { reason: 'stop' } });
  });

  it('case 35: citations of pages, documents and results, over the text that cites', () => {
    const cite = (citation: JsonObject) => ({ type: 'citations_delta', citation });
    const parts = partsOfText(
      answer(
        block(
          0,
          { type: 'text', text: '', citations: [] },
          { type: 'text_delta', text: 'four' },
          cite({
            type: 'web_search_result_location',
            url: 'u',
            title: 't',
            cited_text: 'c',
            encrypted_index: 'x',
          }),
          cite({
            type: 'char_location',
            document_index: 1,
            document_title: null,
            cited_text: 'd',
            start_char_index: 2,
            end_char_index: 3,
            file_id: 'file_1',
          }),
          cite({
            type: 'content_block_location',
            document_index: 1,
            document_title: 'B',
            cited_text: 'e',
            start_block_index: 0,
            end_block_index: 1,
          }),
          cite({ type: 'search_result_location', source: 's', title: null, cited_text: 'f' }),
          cite({ type: 'new_location' }),
        ),
      ),
    );
    expect(collected(parts).content()).toEqual([
      {
        type: 'text',
        text: 'four',
        at: '',
        citations: [
          { kind: 'url', url: 'u', title: 't', citedText: 'c', start: 0, end: 4 },
          {
            kind: 'document',
            index: 1,
            title: '',
            citedText: 'd',
            unit: 'char',
            start: 2,
            end: 3,
            fileId: 'file_1',
          },
          { kind: 'document', index: 1, title: 'B', citedText: 'e', unit: 'block', start: 0, end: 1 },
          { kind: 'url', url: 's', title: '', citedText: 'f', start: 0, end: 4 },
        ],
      },
    ]);
  });

  it('case 23, case 26: names are the client’s own again, and custom tools get their text', () => {
    const context = readContext({
      tools: [
        { kind: 'function', name: 'a.b', schema: null, strict: null, at: '' },
        { kind: 'custom', name: 'patch', format: null, at: '' },
      ],
    });
    const deltas = ['{"inp', 'ut":"x\\n"}'].map((partial_json) => ({
      type: 'input_json_delta',
      partial_json,
    }));
    const sent = context.names.sent('a.b');
    const blocks = [
      ...block(0, { type: 'tool_use', id: '1', name: sent, input: {} }),
      ...block(1, { type: 'tool_use', id: '2', name: 'patch', input: {} }, ...deltas),
    ];
    expect(collected(partsOfText(answer(blocks), context)).content()).toMatchObject([
      { name: 'a.b', arguments: '{}', kind: 'function' },
      { name: 'patch', arguments: 'x\n', kind: 'custom' },
    ]);
  });
});

describe('why it ended', () => {
  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop_sequence'],
    ['tool_use', 'tool_calls'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context_length'],
    ['something_new', 'other'],
    [null, 'other'],
  ])('case 51, case 27: %s is %s', (stop_reason, reason) => {
    const body = { content: [], stop_reason, stop_sequence: 'X' };
    expect(messagesProvider.readReply(body, readContext()).finish).toEqual({ reason, stopSequence: 'X' });
    expect(partsOfText(answer([], { stop_reason, stop_sequence: 'X' })).at(-1)).toMatchObject({
      finish: { reason, stopSequence: 'X' },
    });
  });

  it('case 51: an answer with calls has ended for them, whatever the provider says', () => {
    expect(
      partsOfText(answer(block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }))).at(-1),
    ).toMatchObject({
      finish: { reason: 'tool_calls' },
    });
  });

  it('case 52: what is said of a refusal is its text', () => {
    const delta = {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: 'No.' },
    };
    expect(collected(partsOfText(answer(text(0, 'We'), delta))).content()).toMatchObject([
      { type: 'text', text: 'We' },
      { type: 'refusal', text: 'No.' },
    ]);
  });
});

describe('a whole answer', () => {
  const body: JsonObject = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [
      { type: 'thinking', thinking: 't', signature: 'S' },
      {
        type: 'text',
        text: 'abc',
        citations: [{ type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'c' }],
      },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
      { type: 'new_block' },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: {
      input_tokens: 1,
      output_tokens: 2,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
      service_tier: 'standard',
    },
  };

  it('case 53, case 57, case 49: is read with id, model, counts and tier', () => {
    expect(messagesProvider.readReply(body, readContext())).toEqual({
      id: 'msg_1',
      model: 'claude-x',
      content: [
        {
          type: 'reasoning',
          text: 't',
          seal: { origin: 'anthropic', provider: provider.id, data: 'S' },
          at: '',
        },
        {
          type: 'text',
          text: 'abc',
          citations: [{ kind: 'url', url: 'u', title: 't', citedText: 'c', start: 0, end: 3 }],
          at: '',
        },
        { type: 'tool_call', id: 'toolu_1', name: 'f', arguments: '{"a":1}', kind: 'function', at: '' },
      ],
      finish: { reason: 'tool_calls', stopSequence: null },
      usage: {
        input: 1,
        cacheRead: 0,
        cacheWrite: 2,
        cacheWrite1h: 3,
        output: 2,
        reasoning: 0,
        estimated: false,
      },
      serviceTier: 'default',
    });
  });

  it('is none without content', () => {
    expect(() => messagesProvider.readReply({ ok: true }, readContext())).toThrow('no message');
  });
});
