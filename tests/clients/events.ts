import { chatEvents } from '../support/black-box.ts';
import { type Behaviour, type CutOptions, cutAfter, type SseEvent, sse } from '../support/fault-upstream.ts';

/** Whole streams of an upstream, as strict readers want them, with `words` as their deltas. */
export interface Wire {
  events(words: readonly string[]): SseEvent[];
  /** Events before the first delta. */
  readonly head: number;
}

export const CHAT_WIRE: Wire = { events: chatEvents, head: 1 };
export const MESSAGES_WIRE: Wire = { events: messageEvents, head: 2 };
export const RESPONSES_WIRE: Wire = { events: responseEvents, head: 3 };

/** Two words and then nothing more, without the end of the stream. */
export function cutStream({ events, head }: Wire, how: NonNullable<CutOptions['how']>): Behaviour {
  return cutAfter(events(['Hel', 'lo']).slice(0, head + 2), { how });
}

/** Word after word, until the reader leaves (or after 20 seconds). */
export function endlessStream({ events }: Wire): Behaviour {
  return sse(events(Array.from({ length: 1000 }, () => 'word ')), { delayMs: 20 });
}

function named(type: string, data: object): SseEvent {
  return { event: type, data: { type, ...data } };
}

function messageEvents(words: readonly string[]): SseEvent[] {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] };
  const open = { ...message, stop_reason: null, stop_sequence: null };
  return [
    named('message_start', { message: { ...open, usage: { input_tokens: 9, output_tokens: 1 } } }),
    ...blockEvents(
      0,
      { type: 'text', text: '' },
      words.map((text) => ({ type: 'text_delta', text })),
    ),
    named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 5 },
    }),
    named('message_stop', {}),
  ];
}

/** One content block of a Messages stream. */
export function blockEvents(index: number, content_block: object, deltas: readonly object[]): SseEvent[] {
  return [
    named('content_block_start', { index, content_block }),
    ...deltas.map((delta) => named('content_block_delta', { index, delta })),
    named('content_block_stop', { index }),
  ];
}

/** A Messages stream with these blocks. */
export function messageOf(blocks: readonly SseEvent[]): SseEvent[] {
  const plain = messageEvents([]);
  return [...plain.slice(0, 1), ...blocks, ...plain.slice(-2)];
}

function responseEvents(words: readonly string[]): SseEvent[] {
  const text = words.join('');
  const part = { type: 'output_text', text: '', annotations: [] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const spoken = { ...part, text };
  const done = { ...item, status: 'completed', content: [spoken] };
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  return [
    named('response.created', { response: response('in_progress', []) }),
    named('response.output_item.added', { output_index: 0, item }),
    named('response.content_part.added', { ...at, part }),
    ...words.map((delta) => named('response.output_text.delta', { ...at, delta, logprobs: [] })),
    named('response.output_text.done', { ...at, text, logprobs: [] }),
    named('response.content_part.done', { ...at, part: spoken }),
    named('response.output_item.done', { output_index: 0, item: done }),
    named('response.completed', { response: response('completed', [done]) }),
  ].map((event, sequence_number) => numbered(event, sequence_number));
}

function numbered(event: SseEvent, sequence_number: number): SseEvent {
  if (typeof event === 'string' || typeof event.data !== 'object') return event;
  return { ...event, data: { ...event.data, sequence_number } };
}

function response(status: string, output: readonly object[]): object {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return {
    id: 'resp_stream01',
    object: 'response',
    created_at: 1,
    status,
    model: 'gpt-4o-mini',
    output,
    parallel_tool_calls: true,
    tools: [],
    usage: status === 'completed' ? usage : null,
  };
}
