import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { unsealBody } from './foreign-seals.ts';
import type { ReasoningSeal } from './hub/conversation.ts';
import { packSeal } from './hub/seal.ts';

const unseal = (dialect: Dialect, json: JsonObject, provider: string) =>
  unsealBody(dialect, { text: JSON.stringify(json), json }, provider);

const seal = (origin: ReasoningSeal['origin'], provider: string): string =>
  packSeal({ origin, provider, data: 'DATA', id: 'rs_1' });

describe('packed seals in a call of the same dialect', () => {
  it('are no concern of a body without them', () => {
    expect(unseal('openai-chat', { messages: [] }, 'openai')).toBeNull();
  });

  it('case 38: an item of another provider is left out and named, its own is as it was made', () => {
    const reasoning = (encrypted_content: string) => ({ type: 'reasoning', summary: [], encrypted_content });
    const input = [
      { role: 'user', content: 'Hi' },
      reasoning(seal('anthropic', 'anthropic')),
      reasoning(seal('openai', 'azure-openai')),
      reasoning(seal('openai', 'openai')),
      reasoning('gAAA-raw'),
    ];
    expect(unseal('openai-responses', { model: 'm', input }, 'openai')).toEqual({
      json: {
        model: 'm',
        input: [
          input[0],
          { type: 'reasoning', summary: [], encrypted_content: 'DATA', id: 'rs_1' },
          reasoning('gAAA-raw'),
        ],
      },
      dropped: ['input[1]', 'input[2]'],
    });
  });

  it('case 37: the same for thinking blocks, also redacted ones', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: seal('openai', 'openai') },
      { type: 'thinking', thinking: 'hm', signature: seal('anthropic', 'anthropic') },
      { type: 'redacted_thinking', data: seal('gemini', 'google') },
      { type: 'text', text: 'Hi' },
    ];
    const messages = [
      { role: 'user', content: 'le1.' },
      { role: 'assistant', content },
    ];
    expect(unseal('anthropic-messages', { messages }, 'anthropic')).toEqual({
      json: {
        messages: [
          messages[0],
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 'DATA' },
              { type: 'text', text: 'Hi' },
            ],
          },
        ],
      },
      dropped: ['messages[1].content[0]', 'messages[1].content[2]'],
    });
  });

  it('case 37: Chat loses the extension with the thoughts in it', () => {
    const messages = [
      {
        role: 'assistant',
        content: 'Hi',
        reasoning_content: 'hm',
        thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: seal('anthropic', 'anthropic') }],
      },
    ];
    expect(unseal('openai-chat', { messages }, 'openai')).toEqual({
      json: { messages: [{ role: 'assistant', content: 'Hi' }] },
      dropped: ['messages[0].thinking_blocks'],
    });
  });
});
