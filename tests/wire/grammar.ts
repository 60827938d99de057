import { expect } from 'vitest';
import type { Json } from '../support/corpus.ts';
import type { Client } from './heard.ts';

/** An event with its data parsed; `[DONE]` has none. */
export interface Seen {
  readonly event?: string;
  readonly data: unknown;
}

/** How a stream ends. */
export type End = 'whole' | 'broken';

/** @throws AssertionError where the events are no stream of the dialect. */
export function requireGrammar(client: Client, events: readonly Seen[], end: End): void {
  if (client !== 'chat') {
    for (const { event, data } of events) expect(event, 'the event line').toBe((data as Json).type);
  }
  GRAMMARS[client](
    events.map(({ data }) => (typeof data === 'string' ? { done: data } : (data as Json))),
    end,
  );
}

const GRAMMARS: Readonly<Record<Client, (events: readonly Json[], end: End) => void>> = {
  chat: chatGrammar,
  messages: messagesGrammar,
  responses: responsesGrammar,
};

function chatGrammar(events: readonly Json[], end: End): void {
  const chunks = events.filter(({ object }) => object === 'chat.completion.chunk');
  const choices = chunks.flatMap(({ choices }) => choices as Json[]);
  expect(new Set(chunks.map(({ id }) => id)).size, 'one id').toBeLessThanOrEqual(1);
  for (const [at, { delta }] of choices.entries())
    expect((delta as Json).role, 'the role comes first and once').toBe(at === 0 ? 'assistant' : undefined);
  requireCalls(choices.flatMap(({ delta }) => ((delta as Json).tool_calls ?? []) as Json[]));
  const finished = choices.filter(({ finish_reason }) => finish_reason !== null);
  if (end === 'broken') {
    expect([finished.length, events.at(-1)?.error !== undefined], 'no end but an error').toEqual([0, true]);
    return;
  }
  expect(finished, 'one end').toEqual([choices.at(-1)]);
  const [usage, done] = events.slice(-2);
  expect([usage?.choices, usage?.usage !== null, done], 'usage, then the end').toEqual([
    [],
    true,
    { done: '[DONE]' },
  ]);
}

/** Each call begins with its id and name, and has an index of its own. */
function requireCalls(pieces: readonly Json[]): void {
  const known = new Set<unknown>();
  for (const { index, id, function: fn } of pieces) {
    const isNew = !known.has(index);
    if (isNew) expect(index, 'the next index').toBe(known.size);
    expect([id !== undefined, (fn as Json).name !== undefined], 'id and name once').toEqual([isNew, isNew]);
    known.add(index);
  }
}

function messagesGrammar(events: readonly Json[], end: End): void {
  const types = events.map(({ type }) => type).filter((type) => type !== 'ping');
  if (end === 'whole') expect(types.slice(-2), 'the end').toEqual(['message_delta', 'message_stop']);
  else expect(types.at(-1), 'the end').toBe('error');
  for (const type of ['message_start', 'message_delta', 'message_stop', 'error'])
    expect(types.filter((each) => each === type).length, type).toBeLessThanOrEqual(1);
  if (types.length > 1) expect(types[0], 'the beginning').toBe('message_start');
  let open: unknown = null;
  let next = 0;
  for (const { type, index } of events) {
    if (type === 'content_block_start') {
      expect([open, index], 'one block at a time, in order').toEqual([null, next++]);
      open = index;
    } else if (type === 'content_block_delta' || type === 'content_block_stop') {
      expect(index, `${type} of the open block`).toBe(open);
      if (type === 'content_block_stop') open = null;
    } else if (type === 'message_delta') expect(open, 'all blocks are over').toBeNull();
  }
}

function responsesGrammar(events: readonly Json[], end: End): void {
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
  const types = events.map(({ type }) => String(type));
  const ends = types.filter((type) => /^response\.(?:completed|incomplete|failed)$/.test(type));
  expect(ends, 'one end').toEqual([types.at(-1)]);
  expect(ends[0] === 'response.failed').toBe(end === 'broken');
  expect(types.slice(0, 2)).toEqual(
    end === 'whole' ? ['response.created', 'response.in_progress'] : expect.anything(),
  );
  const open = new Map<unknown, unknown>();
  const done: unknown[] = [];
  let next = 0;
  for (const { type, output_index, item, item_id } of events) {
    if (type === 'response.output_item.added') {
      expect(output_index, 'the next place').toBe(next++);
      open.set(output_index, (item as Json).id);
    } else if (type === 'response.output_item.done') {
      expect(open.get(output_index), 'done after it was added').toBe((item as Json).id);
      open.delete(output_index);
      done[Number(output_index)] = item;
    } else if (output_index !== undefined) expect(item_id, String(type)).toBe(open.get(output_index));
  }
  if (end === 'broken') return;
  expect(open.size, 'all items are over').toBe(0);
  expect((events.at(-1)?.response as Json | undefined)?.output, 'the end repeats all').toEqual(done);
}
