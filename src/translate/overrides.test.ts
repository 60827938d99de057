import { expect, it } from 'vitest';
import type { Call, JsonObject } from '../domain/call.ts';
import { withOverrides } from './overrides.ts';

const encoder = new TextEncoder();

function callOf(text: string): Call {
  const json = JSON.parse(text) as JsonObject;
  return {
    endpoint: 'chat',
    dialect: 'openai-chat',
    model: 'm',
    stream: false,
    body: { text, json, bytes: encoder.encode(text) },
  };
}

it.each<[string, JsonObject, string]>([
  ['{"a": 1.0, "b":"x"}', { b: 2 }, '{"a": 1.0, "b":2}'],
  ['{"a": 1.0 }', { b: { c: [] } }, '{"a": 1.0 ,"b":{"c":[]}}'],
  ['{ }', { b: null }, '{ "b":null}'],
  ['{"b":1,"x":{"b":1},"b":12}', { b: 345 }, '{"b":345,"x":{"b":1},"b":345}'],
  ['{"a":1}', { b: 1, a: 2 }, '{"a":2,"b":1}'],
])('%s with %o is %s', (text, overrides, expected) => {
  const { body } = withOverrides(callOf(text), overrides);
  expect(body.text).toBe(expected);
  expect(body.json).toEqual(JSON.parse(expected));
  expect(new TextDecoder().decode(body.bytes)).toBe(expected);
});

it('leaves a call alone for which there are none', () => {
  const call = callOf('{}');
  expect(withOverrides(call, {})).toBe(call);
});
