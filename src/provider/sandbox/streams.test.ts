import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../adapters/memory/clock.ts';
import { createSandbox } from './index.ts';
import { parseEvents, requestTo, type SentEvent, textOfReply } from './testing.ts';

const sandbox = createSandbox({ clock: createFakeClock() });
const text = 'Grüße aus Köln 🎉';
const user = [{ role: 'user', content: text }];
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

async function eventsOf(path: string, body: object): Promise<SentEvent[]> {
  const reply = await sandbox(requestTo(path, { model: 'echo', stream: true, ...body }));
  expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  return parseEvents(await textOfReply(reply));
}

function typesOf(events: readonly SentEvent[]): unknown[] {
  const types = events.map(({ data }) => data?.type);
  return types.filter((type, i) => type !== types[i - 1]);
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into chunks of many shapes
type Chunk = any;

function lastOf(events: readonly SentEvent[], at: number): Chunk {
  return events.at(at)?.data;
}

describe('Chat Completions', () => {
  it('begins with the role, goes on with content, ends with the reason and [DONE], all under one id', async () => {
    const events = await eventsOf('/chat/completions', { messages: user });
    const chunks = events.slice(0, -1).map(({ data }) => data as Chunk);
    expect(events.every(({ event }) => event === null)).toBe(true);
    expect(events.at(-1)?.data).toBeNull();
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(
      chunks
        .slice(1, -1)
        .map((chunk) => chunk.choices[0].delta.content)
        .join(''),
    ).toBe(text);
    expect(chunks.slice(0, -1).every((chunk) => chunk.choices[0].finish_reason === null)).toBe(true);
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks[0]).toMatchObject({ object: 'chat.completion.chunk', model: 'echo', created: 1767225600 });
    expect(chunks[0].id).toMatch(/^chatcmpl-sandbox-/);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('gives usage only when asked, in a last chunk without choices', async () => {
    const events = await eventsOf('/chat/completions', {
      messages: user,
      stream_options: { include_usage: true },
    });
    const chunks = events.slice(0, -1).map(({ data }) => data as Chunk);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it('gives id and name of a call once, and its arguments in pieces', async () => {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: schema } }];
    const events = await eventsOf('/chat/completions', { messages: user, tools, tool_choice: 'required' });
    const calls = events.flatMap(({ data }) => (data as Chunk)?.choices[0].delta.tool_calls ?? []);
    const [first, ...rest] = calls as Chunk[];
    expect(first).toMatchObject({
      index: 0,
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    });
    expect(first.id).toMatch(/^call_/);
    expect(rest.length).toBeGreaterThanOrEqual(2);
    expect(rest.every((piece) => piece.id === undefined && piece.index === 0)).toBe(true);
    expect(JSON.parse(rest.map((piece) => piece.function.arguments).join(''))).toEqual({ city: 'example' });
    expect(lastOf(events, -2).choices[0].finish_reason).toBe('tool_calls');
  });

  it('gives the arguments of a function without parameters in two pieces as well', async () => {
    const tools = [{ type: 'function', function: { name: 'now' } }];
    const events = await eventsOf('/chat/completions', { messages: user, tools, tool_choice: 'required' });
    const calls = events.flatMap(({ data }) => (data as Chunk)?.choices[0].delta.tool_calls ?? []);
    expect(calls.map((call: Chunk) => call.function.arguments)).toEqual(['', '{', '}']);
  });

  it('interleaves its choices, each with a role, a content and an end', async () => {
    const events = await eventsOf('/chat/completions', { messages: user, n: 3 });
    for (const index of [0, 1, 2]) {
      const choices = events.flatMap(({ data }) => (data as Chunk)?.choices ?? []);
      const own = choices.filter((choice: Chunk) => choice.index === index);
      expect(own[0].delta.role).toBe('assistant');
      expect(own.map((choice: Chunk) => choice.delta.content ?? '').join('')).toBe(text);
      expect(own.at(-1).finish_reason).toBe('stop');
    }
  });
});

describe('Messages', () => {
  it('opens and closes its block between message_start and message_stop', async () => {
    const events = await eventsOf('/messages', { messages: user, max_tokens: 100 });
    expect(typesOf(events)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events.every(({ event, data }) => event === data?.type)).toBe(true);
    const pieces = events.map(({ data }) => (data as Chunk).delta?.text ?? '');
    expect(pieces.join('')).toBe(text);
    expect(events[0]?.data).toMatchObject({ message: { role: 'assistant', content: [], stop_reason: null } });
    expect(events.at(-2)?.data).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 4 },
    });
  });

  it('gives each call a block of its own, with an empty input to begin with', async () => {
    const tools = ['get_weather', 'get_time'].map((name) => ({ name, input_schema: schema }));
    const messages = [{ role: 'user', content: 'get_time, get_weather' }];
    const events = await eventsOf('/messages', { messages, max_tokens: 100, tools });
    const starts = events
      .filter(({ event }) => event === 'content_block_start')
      .map(({ data }) => data as Chunk);
    expect(
      starts.map(({ index, content_block }) => [index, content_block.name, content_block.input]),
    ).toEqual([
      [0, 'get_weather', {}],
      [1, 'get_time', {}],
    ]);
    for (const index of [0, 1]) {
      const own = events
        .map(({ data }) => data as Chunk)
        .filter((data) => data.index === index && data.delta);
      expect(own.length).toBeGreaterThanOrEqual(2);
      const json = own.map(({ delta }) => delta.partial_json).join('');
      expect(JSON.parse(json)).toEqual({ city: 'example' });
    }
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('has no block when nothing is said', async () => {
    const events = await eventsOf('/messages', { messages: user, max_tokens: 0 });
    expect(typesOf(events)).toEqual(['message_start', 'ping', 'message_delta', 'message_stop']);
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
  });
});

describe('Responses', () => {
  it('numbers its events, opens and closes item and part, and ends with the whole', async () => {
    const events = await eventsOf('/responses', { input: text });
    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const data = events.map((event) => event.data as Chunk);
    expect(events.every(({ event }, i) => event === data[i].type)).toBe(true);
    expect(data.map((one) => one.sequence_number)).toEqual(data.map((_, i) => i));
    const final = data.at(-1).response;
    expect(final).toMatchObject({
      id: data[0].response.id,
      status: 'completed',
      usage: { output_tokens: 4 },
    });
    expect(final.output[0]).toEqual(data.at(-2).item);
    expect(final.output[0].content[0].text).toBe(text);
    expect(data[0].response).toMatchObject({ status: 'in_progress', output: [], usage: null });
    const itemIds = data.flatMap((one) => one.item_id ?? one.item?.id ?? []);
    expect(new Set(itemIds).size).toBe(1);
  });

  it('streams calls as items with two ids', async () => {
    const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', name, parameters: schema }));
    const events = await eventsOf('/responses', { input: 'get_weather get_time', tools });
    const data = events.map((event) => event.data as Chunk);
    const added = data.filter((one) => one.type === 'response.output_item.added');
    const done = data.filter((one) => one.type === 'response.output_item.done');
    expect(added.map((one) => [one.output_index, one.item.arguments])).toEqual([
      [0, ''],
      [1, ''],
    ]);
    for (const [i, { item }] of done.entries()) {
      expect(item.id).toMatch(/^fc_/);
      expect(item.call_id).toMatch(/^call_/);
      const own = data.filter((one) => one.item_id === item.id && one.delta !== undefined);
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(own.map((one) => one.delta).join('')).toBe(item.arguments);
      expect(item.call_id).toBe(added[i].item.call_id);
    }
    expect(data.at(-1).response.output).toEqual(done.map((one) => one.item));
  });

  it('ends with response.incomplete when the tokens ran out', async () => {
    const events = await eventsOf('/responses', { input: text, max_output_tokens: 1 });
    const { type, response } = lastOf(events, -1);
    expect(type).toBe('response.incomplete');
    expect(response.incomplete_details).toEqual({ reason: 'max_output_tokens' });
    expect(response.output[0].status).toBe('incomplete');
  });
});

describe('Completions', () => {
  it('streams each choice to its end', async () => {
    const options = { n: 2, stream_options: { include_usage: true } };
    const events = await eventsOf('/completions', { prompt: ['one', 'two'], ...options });
    const chunks = events.slice(0, -1).map(({ data }) => data as Chunk);
    const said = ['', '', '', ''];
    for (const choice of chunks.flatMap((chunk) => chunk.choices)) said[choice.index] += choice.text;
    expect(said).toEqual(['one', 'one', 'two', 'two']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(events.at(-1)?.data).toBeNull();
  });
});
