import { describe, expect, it } from 'vitest';
import { parseObject } from '../../json.ts';
import { providerOf } from '../../route/testing.ts';
import { Sequel } from './sequel.ts';
import { Story } from './story.ts';

const chunk = (delta: object, more: object = {}) =>
  JSON.stringify({ id: 'gen-9', created: 5, model: 'a', choices: [{ index: 0, delta, ...more }] });

function storyOf(...events: readonly string[]): Story {
  const story = new Story('chat', providerOf('openai'));
  for (const data of events) story.event('', data);
  return story;
}

function sequelOf(story: Story, skipsSpace = false): Sequel {
  const usage = { cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0, estimated: true };
  return new Sequel({
    story,
    provider: providerOf('openai'),
    request: { stream_options: { include_usage: true } },
    requestId: 'r',
    used: { ...usage, input: 10, output: 2 },
    skipsSpace,
  });
}

/** The data of what a client gets. */
const toldBy = (sequel: Sequel, ...events: readonly string[]) =>
  events
    .map((data) => sequel.event('', data) ?? '')
    .join('')
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => parseObject(event.slice('data: '.length)) ?? event);

describe('a sequel', () => {
  const other = (delta: object, more: object = {}) =>
    JSON.stringify({ id: 'other', created: 6, model: 'b', choices: [{ index: 0, delta, ...more }] });

  it('is told as the story was: by its names, without a new beginning, with the usage of both', () => {
    const sequel = sequelOf(storyOf(chunk({ role: 'assistant', content: '' }), chunk({ content: 'One' })));
    const told = toldBy(
      sequel,
      other({ role: 'assistant', content: '' }),
      other({ content: ' two "id":"gen-9"' }),
      other({}, { finish_reason: 'stop' }),
      JSON.stringify({ id: 'other', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } }),
      '[DONE]',
    );
    const head = { id: 'gen-9', created: 5, model: 'a' };
    expect(told).toMatchObject([
      { ...head, choices: [{ delta: { content: ' two "id":"gen-9"' } }] },
      { ...head, choices: [{ finish_reason: 'stop' }] },
      { ...head, choices: [], usage: { prompt_tokens: 17, completion_tokens: 5 } },
      'data: [DONE]',
    ]);
  });

  it('keeps its reasoning to itself', () => {
    const sequel = sequelOf(storyOf(chunk({ content: 'One' })));
    expect(toldBy(sequel, other({ reasoning_content: 'Hm' }), other({ content: ' two' }))).toMatchObject([
      { choices: [{ delta: { content: ' two' } }] },
    ]);
  });

  it('does not say a space twice', () => {
    const sequel = sequelOf(storyOf(chunk({ content: 'One ' })), true);
    expect(toldBy(sequel, other({ content: ' ' }), other({ content: ' two ' }))).toMatchObject([
      { choices: [{ delta: { content: 'two ' } }] },
    ]);
  });

  it('may call a tool', () => {
    const sequel = sequelOf(storyOf(chunk({ content: 'One' })));
    const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    expect(toldBy(sequel, other({ tool_calls: [call] }))).toMatchObject([
      { choices: [{ delta: { tool_calls: [{ index: 0, id: 'c' }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{}' } }] } }] },
    ]);
  });

  it('that tells an error tells nothing', () => {
    const sequel = sequelOf(storyOf(chunk({ content: 'One' })));
    expect(sequel.event('', '{"error":{"message":"x"}}')).toBeNull();
  });
});

describe('a story', () => {
  it.each<[string, readonly string[], boolean]>([
    ['of text', [chunk({ content: 'One' })], true],
    [
      'of reasoning that is over, and text',
      [chunk({ reasoning_content: 'Hm' }), chunk({ content: 'One' })],
      true,
    ],
    ['of reasoning', [chunk({ reasoning_content: 'Hm' })], false],
    ['of nothing', [chunk({ role: 'assistant' })], false],
    [
      'of a tool call',
      [chunk({ content: 'One' }), chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] })],
      false,
    ],
    ['of a refusal', [chunk({ refusal: 'No' })], false],
    ['that is over', [chunk({ content: 'One' }), chunk({}, { finish_reason: 'stop' }), '[DONE]'], false],
  ])('%s: gone on with or not', (_, events, can) => expect(storyOf(...events).canContinue).toBe(can));
});
