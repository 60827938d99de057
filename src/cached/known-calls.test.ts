import { describe, expect, it } from 'vitest';
import type { Call } from '../domain/call.ts';
import { createKnownCalls } from './known-calls.ts';

const encoder = new TextEncoder();

function callOf(text: string): Call {
  const body = { text, bytes: encoder.encode(text), json: {} };
  return { endpoint: 'chat', dialect: 'openai-chat', model: 'm', stream: false, body };
}

const KNOWN = { mode: 'all', around: 'a', key: 'k' } as const;

describe('calls that the cache answered', () => {
  it('are found by the text of their bodies', () => {
    const known = createKnownCalls();
    const call = callOf('{"a":1}');
    known.keep('t', call, KNOWN);
    expect(known.find('t', 'chat', '{"a":1}')).toBe(call);
    expect(known.find('t', 'chat', '{"a":1} ')).toBeNull();
  });

  it('are not found by another tenant, nor at another endpoint', () => {
    const known = createKnownCalls();
    known.keep('t', callOf('{}'), KNOWN);
    expect(known.find('u', 'chat', '{}')).toBeNull();
    expect(known.find('t', 'messages', '{}')).toBeNull();
    expect(known.find('t\nchat', 'chat', '{}')).toBeNull();
  });

  it('have the key under which they were answered, as long as all around them is the same', () => {
    const known = createKnownCalls();
    const call = callOf('{}');
    known.keep('t', call, KNOWN);
    expect(known.keyOf(call, 'all', 'a')).toBe('k');
    expect(known.keyOf(call, 'deterministic', 'a')).toBeNull();
    expect(known.keyOf(call, 'all', 'b')).toBeNull();
    expect(known.keyOf(callOf('{}'), 'all', 'a')).toBeNull();
    known.keep('t', call, { mode: 'all', around: 'b', key: 'l' });
    expect(known.keyOf(call, 'all', 'b')).toBe('l');
  });

  it('are forgotten, the first ones first, once their texts are too much', () => {
    const known = createKnownCalls({ maxTexts: 100 });
    for (const letter of 'abc') known.keep('t', callOf(letter.repeat(40)), KNOWN);
    expect(['a', 'b', 'c'].map((letter) => known.find('t', 'chat', letter.repeat(40)) !== null)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are not known when they are long', () => {
    const known = createKnownCalls();
    const text = 'a'.repeat(32 * 1024 + 1);
    known.keep('t', callOf(text), KNOWN);
    expect(known.find('t', 'chat', text)).toBeNull();
  });
});
