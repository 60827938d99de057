import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { partsOf } from '../hub/collect.ts';
import type { BlockStart, Reply, StreamPart } from '../hub/reply.ts';
import { packSeal } from '../hub/seal.ts';
import { eventsOf, replyContext, textOfParts } from './testing.ts';
import { messagesClient } from './translator.ts';

const usage = {
  input: 10,
  cacheRead: 4,
  cacheWrite: 3,
  cacheWrite1h: 0,
  output: 7,
  reasoning: 2,
  estimated: false,
};
const start: StreamPart = { type: 'start', id: 'chatcmpl-1', model: 'gpt-x', usage: null };
const seal = { origin: 'openai', provider: 'openai', data: 'enc', id: 'rs_1' } as const;

function finish(reason: Reply['finish']['reason'] = 'stop', counts: Reply['usage'] = usage): StreamPart {
  return { type: 'finish', finish: { reason, stopSequence: null }, usage: counts };
}

function begin(index: number, block: BlockStart): StreamPart {
  return { type: 'block_start', index, block };
}

function call(index: number, id: string): StreamPart {
  return begin(index, { type: 'tool_call', id, name: 'f', kind: 'function' });
}

const args = (index: number, text: string): StreamPart => ({ type: 'arguments_delta', index, text });
const text = (index: number, value: string): StreamPart => ({ type: 'text_delta', index, text: value });
const close = (index: number): StreamPart => ({ type: 'block_end', index });

function events(...parts: StreamPart[]): JsonObject[] {
  return eventsOf(textOfParts(parts));
}

/** What an SDK makes of a stream; it is strict about order. */
async function messageOf(streamText: string): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: async () => new Response(streamText, { headers: { 'content-type': 'text/event-stream' } }),
  });
  const messages = [{ role: 'user', content: 'hi' } as const];
  return await client.messages.stream({ model: 'm', max_tokens: 9, messages }).finalMessage();
}

describe('a written stream', () => {
  it('case 6, case 57, case 11: has named events, the client’s prefix, and zeros until the provider has counted', () => {
    const all = events(start, begin(0, { type: 'text' }), text(0, 'hi'), close(0), finish());
    expect(all.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(all[0]).toMatchObject({
      message: {
        id: 'msg_1',
        model: 'gpt-x',
        stop_reason: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    });
    expect(all[4]).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null },
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 4,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 2 },
      },
    });
  });

  it('case 11: what the provider knows at the start is told there', () => {
    const [first] = events({ ...start, usage: { ...usage, output: 0 } });
    expect(first).toMatchObject({ message: { usage: { input_tokens: 10, cache_read_input_tokens: 4 } } });
  });

  it('case 2: interleaved calls come one after the other', async () => {
    const parts = [
      start,
      call(0, 'a'),
      args(0, '{"x"'),
      call(1, 'b'),
      args(1, '{"y":'),
      args(0, ':1}'),
      args(1, '2}'),
      close(1),
      close(0),
      finish('tool_calls'),
    ];
    expect(events(...parts).map(({ type, index }) => [type, index])).toEqual([
      ['message_start', undefined],
      ['content_block_start', 0],
      ['content_block_delta', 0],
      ['content_block_delta', 0],
      ['content_block_stop', 0],
      ['content_block_start', 1],
      ['content_block_delta', 1],
      ['content_block_delta', 1],
      ['content_block_stop', 1],
      ['message_delta', undefined],
      ['message_stop', undefined],
    ]);
    const { content, stop_reason } = await messageOf(textOfParts(parts));
    expect(content).toMatchObject([
      { id: 'a', input: { x: 1 } },
      { id: 'b', input: { y: 2 } },
    ]);
    expect(stop_reason).toBe('tool_use');
  });

  it('case 3, case 4: a block begins with its first piece, and an empty one never', () => {
    const all = events(
      start,
      begin(0, { type: 'text' }),
      begin(1, { type: 'reasoning' }),
      text(1, 'hm'),
      close(1),
      close(0),
      finish(),
    );
    expect(all.map(({ type, index }) => [type, index]).slice(1, 4)).toEqual([
      ['content_block_start', 0],
      ['content_block_delta', 0],
      ['content_block_stop', 0],
    ]);
    expect(all[1]).toMatchObject({ content_block: { type: 'thinking' } });
  });

  it('case 1, case 9: a call without arguments is whole', async () => {
    const { content } = await messageOf(textOfParts([start, call(0, 'call:1'), close(0), finish()]));
    expect(content).toMatchObject([
      { type: 'tool_use', id: expect.stringMatching(/^[\w-]+$/), name: 'f', input: {} },
    ]);
  });

  it('case 5, case 12: nothing follows the end, or an error', () => {
    const after: StreamPart[] = [text(0, 'x'), { type: 'ping' }, finish()];
    expect(events(start, finish(), ...after).filter(({ type }) => type === 'message_stop')).toHaveLength(1);
    const error = { status: 503, type: 'server_error', code: null, message: 'down', param: null };
    const all = events(start, begin(0, { type: 'text' }), text(0, 'x'), { type: 'error', error }, ...after);
    expect(all.at(-1)).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'down' },
      request_id: 'req_1',
    });
    expect(all.map(({ type }) => type)).not.toContain('message_stop');
  });

  it('case 13: an overload before the first event is the only event', async () => {
    const error = { status: 529, type: 'overloaded_error', code: null, message: 'Overloaded', param: null };
    const written = textOfParts([{ type: 'error', error }]);
    expect(eventsOf(written)).toHaveLength(1);
    await expect(messageOf(written)).rejects.toThrow('Overloaded');
  });

  it('case 8: pings pass', () => expect(events(start, { type: 'ping' })[1]).toEqual({ type: 'ping' }));

  it('case 37, case 38: thinking is signed with what its maker wants back, and hidden where there is nothing to read', async () => {
    const parts: StreamPart[] = [
      start,
      begin(0, { type: 'reasoning' }),
      { type: 'seal', index: 0, seal },
      text(0, 'hm'),
      close(0),
      begin(1, { type: 'reasoning' }),
      { type: 'seal', index: 1, seal },
      close(1),
      begin(2, { type: 'reasoning' }),
      text(2, 'unsigned'),
      close(2),
      finish(),
    ];
    expect((await messageOf(textOfParts(parts))).content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: packSeal(seal) },
      { type: 'redacted_thinking', data: packSeal(seal) },
      { type: 'thinking', thinking: 'unsigned', signature: '' },
    ]);
  });

  it('case 24, case 35: server tools of its own dialect and citations pass, others are passed over', async () => {
    const own = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } };
    const foreign = { type: 'web_search_call', id: 'ws_1' };
    const parts: StreamPart[] = [
      start,
      begin(0, { type: 'server_tool', id: 'ws_1', name: 'web_search', phase: 'call', raw: foreign }),
      close(0),
      begin(1, { type: 'server_tool', id: 'srvtoolu_1', name: 'web_search', phase: 'call', raw: own }),
      close(1),
      begin(2, { type: 'text' }),
      text(2, 'so'),
      { type: 'citation', index: 2, citation: { kind: 'url', url: 'u', title: 't' } },
      close(2),
      finish(),
    ];
    expect((await messageOf(textOfParts(parts))).content).toEqual([
      own,
      {
        type: 'text',
        text: 'so',
        citations: [
          { type: 'web_search_result_location', url: 'u', title: 't', cited_text: '', encrypted_index: '' },
        ],
      },
    ]);
  });

  it('case 52: a refusal is text, with its reason', () => {
    const all = events(
      start,
      begin(0, { type: 'refusal' }),
      text(0, 'I '),
      text(0, 'will not'),
      close(0),
      finish(),
    );
    expect(all.at(-2)).toMatchObject({
      delta: {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: null, explanation: 'I will not' },
      },
    });
  });
});

interface BlockPlan {
  readonly block: BlockStart;
  readonly deltas: readonly ((index: number) => StreamPart)[];
}

const blockArb: fc.Arbitrary<BlockPlan> = fc.oneof(
  fc.record({
    block: fc.constantFrom<BlockStart>({ type: 'text' }, { type: 'refusal' }),
    deltas: fc.array(fc.string().map((value) => (index: number) => text(index, value))),
  }),
  fc.record({
    block: fc.constant<BlockStart>({ type: 'reasoning' }),
    deltas: fc
      .tuple(fc.array(fc.string().map((value) => (index: number) => text(index, value))), fc.boolean())
      .map(([texts, sealed]) => [
        ...texts,
        ...(sealed ? [(index: number): StreamPart => ({ type: 'seal', index, seal })] : []),
      ]),
  }),
  fc.record({
    block: fc.constantFrom<BlockStart>(
      { type: 'tool_call', id: 'c', name: 'f', kind: 'function' },
      { type: 'tool_call', id: 'd', name: 'g', kind: 'custom' },
    ),
    deltas: fc
      .constantFrom([], ['{}'], ['{"a"', ':1}'])
      .map((pieces) => pieces.map((piece) => (index: number) => args(index, piece))),
  }),
  fc.constant({
    block: {
      type: 'server_tool',
      id: 's',
      name: 'x',
      phase: 'result',
      raw: { type: 'x_tool_result' },
    } as const,
    deltas: [],
  }),
);

/** Any number of blocks, begun in order, their parts mixed in any way; some never end. */
const partsArb: fc.Arbitrary<StreamPart[]> = fc
  .tuple(
    fc.array(fc.tuple(blockArb, fc.boolean()), { maxLength: 5 }),
    fc.array(fc.nat({ max: 4 }), { minLength: 60, maxLength: 60 }),
    fc.boolean(),
  )
  .map(([blocks, picks, fails]) => {
    const queues = blocks.map(([{ block, deltas }, ends], index) => [
      begin(index, block),
      ...deltas.map((delta) => delta(index)),
      ...(ends ? [close(index)] : []),
    ]);
    const mixed: StreamPart[] = [];
    let begun = 0;
    let turn = 0;
    while (queues.some((queue) => queue.length > 0)) {
      const open = queues.slice(0, begun + 1).filter((queue) => queue.length > 0);
      const queue = open[(picks[turn++ % picks.length] ?? 0) % open.length];
      const part = queue?.shift();
      if (part === undefined) break;
      if (part.type === 'block_start') begun++;
      mixed.push(part);
    }
    const error = { status: 500, type: 'x', code: null, message: 'm', param: null };
    return [start, ...mixed, fails ? { type: 'error', error } : finish()];
  });

/** What is wrong with the order of events; null for nothing. */
function fault(all: JsonObject[]): string | null {
  let open: unknown = null;
  let next = 0;
  for (const [i, { type, index }] of all.entries()) {
    if ((type === 'message_start') !== (i === 0)) return 'message_start has to be first, once';
    if ((type === 'message_stop' || type === 'error') !== (i === all.length - 1))
      return 'the end has to be last, once';
    if (type === 'content_block_start') {
      if (open !== null || index !== next++) return `block ${String(index)} begins out of turn`;
      open = index;
    } else if (index !== undefined && index !== open)
      return `${String(type)} of ${String(index)}, open is ${String(open)}`;
    if (type === 'content_block_stop') open = null;
    if (type === 'message_delta' && open !== null) return 'a block is open at the end';
  }
  return null;
}

describe('any legal parts', () => {
  it('make one message_start, one open block at a time, nothing after a stop, one end', () => {
    const holds = fc.property(partsArb, (parts) => {
      expect(fault(events(...parts))).toBeNull();
    });
    fc.assert(holds, { numRuns: 300 });
  });

  it('are for the official SDK the message that the whole answer is', async () => {
    const content = [
      { type: 'reasoning', text: 'hm', seal, at: '' },
      { type: 'text', text: 'It is', at: '' },
      { type: 'tool_call', id: 'c', name: 'f', arguments: '{"a":[1,"é\u2028"]}', kind: 'function', at: '' },
    ] as const;
    const reply: Reply = {
      id: 'resp_1',
      model: 'm',
      content,
      finish: { reason: 'tool_calls', stopSequence: null },
      usage,
    };
    const whole = messagesClient.writeReply(reply, replyContext);
    const { content: streamed, stop_reason, id } = await messageOf(textOfParts(partsOf(reply)));
    expect({ content: JSON.parse(JSON.stringify(streamed)), stop_reason, id }).toEqual({
      content: whole.content,
      stop_reason: whole.stop_reason,
      id: whole.id,
    });
  });
});
