import { expect, it } from 'vitest';
import type { Call } from '../domain/call.ts';
import { withOverrides } from './overrides.ts';

function callOf(text: string): Call {
  const body = { text, json: JSON.parse(text), bytes: new TextEncoder().encode(text) };
  return { endpoint: 'chat', dialect: 'openai-chat', model: 'm', stream: false, body };
}

it('leaves a call alone that nothing is set in', () => {
  const call = callOf('{"model":"m"}');
  expect(withOverrides(call, {})).toBe(call);
});

it('sets fields in their places, adds others, and keeps all else byte for byte', () => {
  const call = callOf(
    '{ "model": "m", "temperature": 1, "seed": 12345678901234567890, "top_p":1 , "temperature":2}',
  );
  const { body } = withOverrides(call, { temperature: 0, reasoning: { effort: 'low' } });
  expect(body.text).toBe(
    '{ "model": "m", "temperature": 0, "seed": 12345678901234567890, "top_p":1 , "temperature":0,"reasoning":{"effort":"low"}}',
  );
  expect(body.json).toMatchObject({ model: 'm', temperature: 0, reasoning: { effort: 'low' } });
  expect(new TextDecoder().decode(body.bytes)).toBe(body.text);
});
