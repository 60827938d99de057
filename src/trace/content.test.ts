import { describe, expect, it } from 'vitest';
import type { SaidMessage } from '../domain/said.ts';
import { contentAttributes } from './content.ts';

const asIs = (text: string) => text;
const user = (content: string): SaidMessage => ({ role: 'user', parts: [{ type: 'text', content }] });
const said = (input: SaidMessage[], output: SaidMessage[] = []) => ({ instructions: [], input, output });
const read = (value: unknown) => JSON.parse(String(value)) as SaidMessage[];

describe('what was said, in attributes', () => {
  it('guards every text of a message', () => {
    const call = { type: 'tool_call', id: 'secret', name: 'secret', arguments: '{"a":"secret"}' } as const;
    const parts = [
      { type: 'reasoning', content: 'secret' } as const,
      call,
      { type: 'tool_call_response', id: 'secret', response: 'secret' } as const,
      { type: 'file', modality: 'image' } as const,
    ];
    const attributes = contentAttributes(
      {
        instructions: [{ type: 'text', content: 'secret' }],
        input: [{ role: 'user', parts }],
        output: [{ role: 'assistant', parts, finish_reason: 'stop' }],
      },
      (text) => text.replaceAll('secret', '[x]'),
    );
    expect(Object.keys(attributes)).toHaveLength(3);
    expect(JSON.stringify(attributes)).not.toContain('secret');
    expect(read(attributes['gen_ai.output.messages'])[0]?.finish_reason).toBe('stop');
  });

  it('guards before it cuts, so that half a secret is none', () => {
    const before = 'x'.repeat(32_760);
    const attributes = contentAttributes(said([user(`${before}0123456789`)]), (text) =>
      text.replace('0123456789', '[digits]'),
    );
    expect(attributes['gen_ai.input.messages']).not.toMatch(/\d/);
  });

  it('leaves out the oldest of a long conversation', () => {
    const messages = ['first', 'a'.repeat(20_000), 'b'.repeat(20_000), 'last'].map(user);
    const kept = read(contentAttributes(said(messages), asIs)['gen_ai.input.messages']);
    const texts = kept.map(({ parts: [part] }) => (part?.type === 'text' ? part.content : ''));
    expect(texts.map((text) => text[0])).toEqual(['a', 'b', 'l']);
    expect(texts.join('')).toHaveLength(32_768);
  });

  it('has no answer where there was none', () => {
    expect(contentAttributes(said([user('a')]), asIs)).not.toHaveProperty('gen_ai.output.messages');
  });
});
