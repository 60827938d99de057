import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { packSeal } from '../hub/seal.ts';
import { readAssistant } from './read-assistant.ts';

const SIGNED = packSeal({ origin: 'anthropic', provider: 'claude', data: 'c2lnbmVk' });
const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };

function read(message: JsonObject) {
  const others = {};
  return { ...readAssistant({ role: 'assistant', ...message }, 'messages[1]', others), others };
}

describe("an answer as OpenAI's Agents SDK gives it back, with its fields on the text", () => {
  it('is the answer that it was', () => {
    const thinking_blocks = [{ type: 'thinking', thinking: 'Hm.', signature: SIGNED }];
    const fields = { role: 'assistant', refusal: null, reasoning_content: 'Hm.', thinking_blocks };
    const text = { type: 'text', text: 'Hello', ...fields, tool_calls: [CALL] };
    const { content, others } = read({ content: [text], tool_calls: [CALL] });
    expect(content).toMatchObject([
      { type: 'reasoning', text: 'Hm.', seal: { data: 'c2lnbmVk' } },
      { type: 'text', text: 'Hello' },
      { type: 'tool_call', id: 'call_1' },
    ]);
    expect(others).toEqual({});
  });

  it('keeps its citations', () => {
    const url_citation = { url: 'https://example.com', title: 'T', start_index: 0, end_index: 5 };
    const annotations = [{ type: 'url_citation', url_citation }];
    const { content } = read({ content: [{ type: 'text', text: 'Hello', annotations }] });
    expect(content).toMatchObject([{ type: 'text', citations: [expect.anything()] }]);
  });

  it('gives way to what the message itself says', () => {
    const text = { type: 'text', text: 'Hello', reasoning_content: 'old' };
    const { content } = read({ content: [text], reasoning_content: 'new' });
    expect(content).toMatchObject([{ text: 'new' }, { text: 'Hello' }]);
  });

  it('is no cover for what nobody knows', () => {
    expect(read({ content: [{ type: 'text', text: 'Hello', odd: 1 }] }).others).toEqual({
      'messages[1].content[0].odd': 1,
    });
  });
});
