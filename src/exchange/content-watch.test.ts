import { describe, expect, it } from 'vitest';
import type { Dialect } from '../domain/dialect.ts';
import { ContentWatch } from './content-watch.ts';

const encoder = new TextEncoder();

function watched(dialect: Dialect, events: readonly string[]) {
  const watch = new ContentWatch(dialect);
  const signs = events.map((event) => watch.feed(encoder.encode(`${event}\n\n`)));
  return { watch, sign: signs.at(-1) };
}

const data = (event: object) => `data: ${JSON.stringify(event)}`;
const chat = (delta: object, rest: object = {}) => data({ choices: [{ index: 0, delta, ...rest }] });

describe('the first content of a stream', () => {
  it.each<[Dialect, string]>([
    ['openai-chat', chat({ content: 'Hi' })],
    ['openai-chat', chat({ role: 'assistant', content: null, tool_calls: [{ index: 0, id: 'a' }] })],
    ['openai-chat', chat({ reasoning_content: 'Hm' })],
    ['openai-chat', chat({ reasoning: null, reasoning_details: [{ text: 'Hm' }] })],
    ['openai-chat', chat({}, { finish_reason: 'stop' })],
    ['openai-completions', data({ choices: [{ text: 'Hi' }] })],
    ['anthropic-messages', data({ type: 'content_block_start', content_block: { type: 'tool_use' } })],
    ['anthropic-messages', data({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } })],
    ['anthropic-messages', data({ type: 'content_block_delta', delta: { type: 'x', thinking: 'Hm' } })],
    ['anthropic-messages', data({ type: 'message_delta', delta: { stop_reason: 'refusal' } })],
    ['openai-responses', data({ type: 'response.output_text.delta', delta: 'Hi' })],
    ['openai-responses', data({ type: 'response.output_item.added', item: { type: 'function_call' } })],
    ['openai-responses', data({ type: 'response.completed', response: {} })],
  ])('%s: %s is content', (dialect, event) => expect(watched(dialect, [event]).sign).toBe('content'));

  it.each<[Dialect, string]>([
    ['openai-chat', data({ choices: [], prompt_filter_results: [{}] })],
    ['openai-chat', chat({ role: 'assistant', content: '', refusal: null, reasoning_details: [] })],
    ['openai-chat', ': keep-alive'],
    ['openai-chat', 'data: [DONE]'],
    ['anthropic-messages', data({ type: 'message_start', message: { id: 'm', content: [] } })],
    ['anthropic-messages', data({ type: 'content_block_start', content_block: { type: 'text', text: '' } })],
    ['anthropic-messages', 'event: ping\ndata: {"type":"ping"}'],
    ['openai-responses', data({ type: 'response.in_progress', response: { error: null } })],
    ['openai-responses', data({ type: 'response.output_item.added', item: { type: 'reasoning' } })],
  ])('%s: %s is none', (dialect, event) => expect(watched(dialect, [event]).sign).toBe('nothing'));

  it.each<[Dialect, string, number]>([
    ['openai-chat', data({ error: { message: 'x', type: 'rate_limit_error' } }), 429],
    [
      'openai-chat',
      chat({ content: '' }, { error: { code: 502, message: 'x' }, finish_reason: 'error' }),
      502,
    ],
    [
      'anthropic-messages',
      `event: error\n${data({ type: 'error', error: { type: 'overloaded_error' } })}`,
      529,
    ],
    ['openai-responses', data({ type: 'error', code: 'rate_limit_exceeded', message: 'x' }), 429],
    [
      'openai-responses',
      data({ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded' } } }),
      429,
    ],
  ])('%s: %s is a failure of status %d', (dialect, event, status) => {
    const { watch, sign } = watched(dialect, [event]);
    expect(sign).toBe('failed');
    expect(watch.failure?.status).toBe(status);
  });

  it('is not waited for beyond so many events', () => {
    const ping = data({ type: 'ping' });
    expect(
      watched(
        'anthropic-messages',
        Array.from({ length: 63 }, () => ping),
      ).sign,
    ).toBe('nothing');
    expect(
      watched(
        'anthropic-messages',
        Array.from({ length: 64 }, () => ping),
      ).sign,
    ).toBe('content');
  });

  it('may be what a filter left: nothing', () => {
    const { watch, sign } = watched('openai-chat', [chat({}, { finish_reason: 'content_filter' })]);
    expect([sign, watch.isFiltered]).toEqual(['failed', true]);
  });

  it('stands when an error follows', () => {
    const events = [chat({ content: 'Hi' }), data({ error: { message: 'x' } })];
    const { watch, sign } = watched('openai-chat', events);
    expect([sign, watch.failure]).toEqual(['content', null]);
  });
});
