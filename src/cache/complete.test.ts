import { describe, expect, it } from 'vitest';
import type { KeptEnding } from '../domain/cache-policy.ts';
import type { Dialect } from '../domain/dialect.ts';
import { isCompleteReply, isCompleteStream } from './complete.ts';
import { replyEnding } from './ending.ts';
import { streamEnding } from './stream-ending.ts';

const NONE: readonly KeptEnding[] = [];
const message = { role: 'assistant', content: 'a' };
const choice = (finish_reason: unknown, more: object = {}) => ({ index: 0, message, finish_reason, ...more });
const chat = (...choices: object[]) => ({ choices });
const response = (status: string, more: object = {}) => ({ status, error: null, output: [], ...more });

describe('a JSON answer ended', () => {
  it.each([
    ['openai-chat', chat(choice('stop')), 'whole'],
    ['openai-chat', chat(choice('tool_calls'), choice('function_call')), 'whole'],
    ['openai-chat', chat(choice('stop'), choice('length')), 'truncated'],
    ['openai-chat', chat(choice('length'), choice('content_filter')), 'filtered'],
    ['openai-chat', chat(choice('stop', { message: { refusal: 'no' } })), 'refused'],
    ['openai-chat', chat(choice('stop', { message: { ...message, refusal: null } })), 'whole'],
    ['openai-chat', chat(choice('error')), 'broken'],
    ['openai-chat', chat(choice('stop', { error: { code: 502 } })), 'broken'],
    ['openai-chat', chat(choice('toString')), 'broken'],
    ['openai-chat', chat(choice(null)), 'broken'],
    ['openai-chat', chat(), 'broken'],
    ['openai-chat', {}, 'broken'],
    ['openai-chat', { ...chat(choice('stop')), error: { message: 'x' } }, 'broken'],
    ['openai-completions', { choices: [{ text: 'a', index: 0, finish_reason: 'stop' }] }, 'whole'],
    ['anthropic-messages', { stop_reason: 'end_turn' }, 'whole'],
    ['anthropic-messages', { stop_reason: 'tool_use' }, 'whole'],
    ['anthropic-messages', { stop_reason: 'stop_sequence' }, 'whole'],
    ['anthropic-messages', { stop_reason: 'max_tokens' }, 'truncated'],
    ['anthropic-messages', { stop_reason: 'model_context_window_exceeded' }, 'truncated'],
    ['anthropic-messages', { stop_reason: 'refusal' }, 'refused'],
    ['anthropic-messages', { stop_reason: 'pause_turn' }, 'broken'],
    ['anthropic-messages', { stop_reason: null }, 'broken'],
    ['openai-responses', response('completed'), 'whole'],
    [
      'openai-responses',
      response('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
      'truncated',
    ],
    [
      'openai-responses',
      response('incomplete', { incomplete_details: { reason: 'content_filter' } }),
      'filtered',
    ],
    ['openai-responses', response('incomplete'), 'broken'],
    ['openai-responses', response('failed', { error: { code: 'server_error' } }), 'broken'],
    ['openai-responses', response('in_progress'), 'broken'],
    ['openai-responses', response('queued'), 'broken'],
    ['openai-responses', response('completed', { output: [{ content: [{ type: 'refusal' }] }] }), 'refused'],
    ['openai-embeddings', { data: [{ embedding: [0.1] }, { embedding: 'AAAA' }] }, 'whole'],
    ['openai-embeddings', { data: [{ embedding: [0.1] }, { embedding: [] }] }, 'broken'],
    ['openai-embeddings', { data: [{}] }, 'broken'],
    ['openai-embeddings', { data: [] }, 'broken'],
  ] as const)('%s %j: %s', (dialect, reply, ending) => {
    expect(replyEnding(dialect, JSON.parse(JSON.stringify(reply)))).toBe(ending);
  });
});

const encoder = new TextEncoder();
const data = (value: object, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
const named = (value: { type: string }) => data(value, value.type);

function stream(dialect: Dialect, events: readonly string[], ended = true) {
  return streamEnding(dialect, { chunks: events.map((event) => encoder.encode(event)), ended });
}

const delta = (finish_reason: string | null, more: object = {}) =>
  data({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason, ...more }] });
const DONE = 'data: [DONE]\n\n';

describe('a chat stream ended', () => {
  it.each([
    ['whole', [delta(null), delta('stop'), DONE], 'whole'],
    ['with tool calls', [delta(null), delta('tool_calls'), DONE], 'whole'],
    ['without [DONE]', [delta(null), delta('stop')], 'whole'],
    ['with its usage', [delta('stop'), data({ choices: [], usage: { prompt_tokens: 1 } }), DONE], 'whole'],
    ['after an empty first chunk', [data({ choices: [] }), delta(null), delta('stop'), DONE], 'whole'],
    ['at max_tokens', [delta(null), delta('length'), DONE], 'truncated'],
    ['in a filter', [delta(null), delta('content_filter'), DONE], 'filtered'],
    ['with a refusal', [delta(null, { delta: { refusal: 'no' } }), delta('stop'), DONE], 'refused'],
    [
      'with a refusal that is null',
      [delta(null, { delta: { refusal: null } }), delta('stop'), DONE],
      'whole',
    ],
    ['without a finish reason', [delta(null), DONE], 'broken'],
    ['with an error', [delta(null), data({ error: { message: 'x' } }), DONE], 'broken'],
    ['with an error by name', [delta('stop'), 'event: error\ndata: x\n\n', DONE], 'broken'],
    ['with an error of a choice', [delta(null), delta('error'), DONE], 'broken'],
    ['with nothing', [DONE], 'broken'],
    ['with what is no JSON', ['data: hello\n\n', delta('stop'), DONE], 'broken'],
    ['with one of two choices', [delta(null), delta(null, { index: 1 }), delta('stop'), DONE], 'broken'],
    [
      'with both choices, one of them cut',
      [delta(null), delta(null, { index: 1 }), delta('stop'), delta('length', { index: 1 }), DONE],
      'truncated',
    ],
    [
      'with talk of errors',
      [delta(null, { delta: { content: '"error": {}' } }), delta('stop'), DONE],
      'whole',
    ],
  ] as const)('%s', (_, events, ending) => {
    expect(stream('openai-chat', events)).toBe(ending);
    expect(stream('openai-completions', events)).toBe(ending);
  });

  it('only with [DONE], where its end was not read', () => {
    expect(stream('openai-chat', [delta('stop')], false)).toBe('broken');
    expect(stream('openai-chat', [delta('stop'), DONE], false)).toBe('whole');
    expect(stream('openai-chat', [delta('stop'), 'data: [DONE]'], false)).toBe('whole');
  });

  it('the same in whatever chunks it came', () => {
    const text = [delta(null), delta('stop'), DONE].join('');
    expect(stream('openai-chat', [...text])).toBe('whole');
    expect(stream('openai-chat', [text])).toBe('whole');
  });

  it('in no way that is known when a line was too long to read', () => {
    const long = delta(null, { delta: { content: 'a'.repeat(2_000_000) } });
    expect(stream('openai-chat', [delta(null), long, delta('stop'), DONE])).toBe('broken');
  });
});

describe('a Messages stream ended', () => {
  const start = named({ type: 'message_start' });
  const stop = named({ type: 'message_stop' });
  const reason = (stop_reason: string | null) =>
    data({ type: 'message_delta', delta: { stop_reason } }, 'message_delta');

  it.each([
    ['whole', [start, reason('end_turn'), stop], 'whole'],
    ['without names', [reason('tool_use').slice(21), stop.slice(20)], 'whole'],
    ['at max_tokens', [start, reason('max_tokens'), stop], 'truncated'],
    ['with a refusal', [start, reason('refusal'), stop], 'refused'],
    ['in the middle of a turn', [start, reason('pause_turn'), stop], 'broken'],
    ['without its stop', [start, reason('end_turn')], 'broken'],
    ['without a reason', [start, reason(null), stop], 'broken'],
    ['with an error', [start, reason('end_turn'), named({ type: 'error' }), stop], 'broken'],
  ] as const)('%s', (_, events, ending) => {
    expect(stream('anthropic-messages', events)).toBe(ending);
    expect(stream('anthropic-messages', events, false)).toBe(ending);
  });
});

describe('a Responses stream ended', () => {
  const end = (type: string, more: object) => data({ type, response: more }, type);
  const text = named({ type: 'response.output_text.delta' });

  it.each([
    ['whole', [text, end('response.completed', response('completed'))], 'whole'],
    ['without names', [data({ type: 'response.completed', response: response('completed') })], 'whole'],
    [
      'at max_output_tokens',
      [
        end(
          'response.incomplete',
          response('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
        ),
      ],
      'truncated',
    ],
    ['in failure', [text, end('response.failed', response('failed'))], 'broken'],
    ['with an error', [text, named({ type: 'error' })], 'broken'],
    ['without its end', [text], 'broken'],
    ['torn', [text, end('response.completed', response('completed')).slice(0, -10)], 'broken'],
  ] as const)('%s', (_, events, ending) => {
    expect(stream('openai-responses', events)).toBe(ending);
  });
});

describe('an answer is kept', () => {
  const reply = (reason: string) => JSON.stringify(chat(choice(reason)));
  const recording = (reason: string) => ({ chunks: [encoder.encode(delta(reason) + DONE)], ended: true });

  it.each<[reason: string, kept: readonly KeptEnding[], expected: boolean]>([
    ['stop', NONE, true],
    ['length', NONE, false],
    ['length', ['truncated'], true],
    ['content_filter', ['truncated', 'refused'], false],
    ['error', ['truncated', 'refused', 'filtered'], false],
  ])('%s, of %o: %s', (reason, kept, expected) => {
    expect(isCompleteReply('openai-chat', JSON.parse(reply(reason)), kept)).toBe(expected);
    expect(isCompleteStream('openai-chat', recording(reason), kept)).toBe(expected);
  });

  it('never as a stream of embeddings, which there is none of', () => {
    expect(stream('openai-embeddings', [DONE])).toBe('broken');
  });
});
