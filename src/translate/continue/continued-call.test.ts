import { describe, expect, it } from 'vitest';
import type { Call, JsonObject } from '../../domain/call.ts';
import { callOf, targetOf } from '../../route/testing.ts';
import { canBeContinued, continuedCall, prefills } from './continued-call.ts';

const MESSAGES = [{ role: 'user', content: 'Hi' }];

function streamOf(json: JsonObject, endpoint: 'chat' | 'responses' | 'messages' = 'chat'): Call {
  return { ...callOf({ model: 'm', stream: true, ...json }, endpoint), stream: true };
}

describe('a stream that another target may go on with', () => {
  it.each<[string, JsonObject, 'chat' | 'responses' | 'messages']>([
    ['a chat', { messages: MESSAGES }, 'chat'],
    ['a chat that may call tools', { messages: MESSAGES, tools: [{}] }, 'chat'],
    ['a chat for text', { messages: MESSAGES, response_format: { type: 'text' } }, 'chat'],
    ['a message', { messages: MESSAGES }, 'messages'],
    ['a response', { input: 'Hi', text: { format: { type: 'text' } } }, 'responses'],
  ])('is %s', (_, json, endpoint) => expect(canBeContinued(streamOf(json, endpoint))).toBe(true));

  it.each<[string, JsonObject, 'chat' | 'responses' | 'messages']>([
    ['for JSON', { messages: MESSAGES, response_format: { type: 'json_object' } }, 'chat'],
    ['for JSON by a schema', { input: 'Hi', text: { format: { type: 'json_schema' } } }, 'responses'],
    [
      'for JSON of Claude',
      { messages: MESSAGES, output_config: { format: { type: 'json_schema' } } },
      'messages',
    ],
    ['with several choices', { messages: MESSAGES, n: 2 }, 'chat'],
    ['with probabilities', { messages: MESSAGES, logprobs: true }, 'chat'],
    [
      'that goes on from what its provider keeps',
      { input: 'Hi', previous_response_id: 'resp_1' },
      'responses',
    ],
    ['in the background', { input: 'Hi', background: true }, 'responses'],
  ])('is none %s', (_, json, endpoint) => expect(canBeContinued(streamOf(json, endpoint))).toBe(false));

  it('is a stream', () => expect(canBeContinued(callOf({ messages: MESSAGES }))).toBe(false));
});

describe('the call to go on', () => {
  const INSTRUCTION = { role: 'user', content: expect.stringMatching(/Go on/) };

  it('has the text as a turn, and says what is wanted', () => {
    const { body } = continuedCall(streamOf({ messages: MESSAGES, x: 1 }), 'One ', targetOf('openai/gpt-5'));
    expect(JSON.parse(body.text)).toMatchObject({
      x: 1,
      messages: [...MESSAGES, { role: 'assistant', content: 'One ' }, INSTRUCTION],
    });
    expect(body.json).toEqual(JSON.parse(new TextDecoder().decode(body.bytes)));
  });

  it('needs no words where a last turn is gone on with', () => {
    const chat = streamOf({ messages: MESSAGES });
    expect(continuedCall(chat, 'One ', targetOf('mistral/m')).body.json.messages).toEqual([
      ...MESSAGES,
      { role: 'assistant', content: 'One', prefix: true },
    ]);
    const message = streamOf({ messages: MESSAGES }, 'messages');
    expect(continuedCall(message, 'One', targetOf('anthropic/claude-haiku-4-5')).body.json.messages).toEqual([
      ...MESSAGES,
      { role: 'assistant', content: 'One' },
    ]);
  });

  it('has words for Claude that thinks, and for the newest, which refuses to be told what it said', () => {
    expect(prefills(targetOf('anthropic/claude-haiku-4-5'), { thinking: { type: 'enabled' } })).toBe(false);
    expect(prefills(targetOf('anthropic/claude-sonnet-5'), {})).toBe(false);
  });

  it('makes a list of what was one text', () => {
    const { json } = continuedCall(
      streamOf({ input: 'Hi' }, 'responses'),
      'One',
      targetOf('openai/gpt-5'),
    ).body;
    expect(json.input).toEqual([
      { role: 'user', content: 'Hi' },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'One', annotations: [] }],
      },
      { type: 'message', ...INSTRUCTION },
    ]);
  });
});
