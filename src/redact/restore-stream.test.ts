import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../domain/dialect.ts';
import { RestoringTap } from './restore-stream.ts';
import { Vault } from './vault.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function vaultOf(values: readonly string[]): Vault {
  const vault = new Vault('');
  for (const value of values) vault.placeholder('email', value);
  return vault;
}

const VALUES = ['ann@example.com', 'bob@example.com'];
const TOLD = (text: string) =>
  text.replaceAll('[EMAIL_1]', 'ann@example.com').replaceAll('[EMAIL_2]', 'bob@example.com');

/** How each dialect says a text in pieces, and how a client reads it. */
const dialects: Readonly<
  Record<
    string,
    { dialect: Dialect; event(piece: string, n: number): object; end: object[]; read(event: never): string }
  >
> = {
  chat: {
    dialect: 'openai-chat',
    event: (content) => ({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] }),
    end: [{ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    read: ({ choices }: { choices: { delta: { content?: string } }[] }) => choices[0]?.delta.content ?? '',
  },
  'chat arguments': {
    dialect: 'openai-chat',
    event: (text) => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }],
    }),
    end: [{ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }],
    read: ({ choices }: { choices: { delta: { tool_calls?: { function: { arguments: string } }[] } }[] }) =>
      choices[0]?.delta.tool_calls?.[0]?.function.arguments ?? '',
  },
  messages: {
    dialect: 'anthropic-messages',
    event: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    end: [{ type: 'content_block_stop', index: 0 }, { type: 'message_stop' }],
    read: ({ delta }: { delta?: { text?: string } }) => delta?.text ?? '',
  },
  responses: {
    dialect: 'openai-responses',
    event: (delta, n) => ({ type: 'response.output_text.delta', sequence_number: n, output_index: 0, delta }),
    end: [{ type: 'response.completed' }],
    read: ({ delta }: { delta?: string }) => delta ?? '',
  },
  completions: {
    dialect: 'openai-completions',
    event: (text) => ({ choices: [{ index: 0, text, finish_reason: null }] }),
    end: [{ choices: [{ index: 0, text: '', finish_reason: 'stop' }] }],
    read: ({ choices }: { choices: { text: string }[] }) => choices[0]?.text ?? '',
  },
};

function run(dialect: Dialect, bytes: Uint8Array, cuts: readonly number[]): string {
  const tap = new RestoringTap(vaultOf(VALUES), dialect);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let out = '';
  for (let i = 1; i < places.length; i++) {
    const chunk = tap.chunk(bytes.slice(places[i - 1], places[i]));
    if (chunk !== null) out += decoder.decode(chunk);
  }
  return out + decoder.decode(tap.end());
}

const eventsOf = (text: string) =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as never);

/** Texts with placeholders, near misses and brackets, in pieces of any size. */
const spoken = fc.array(
  fc.constantFrom(
    '[EMAIL_1]',
    '[EMAIL_2]',
    '[EMAIL_3]',
    '[EMAIL_1',
    '[',
    ']',
    '[[',
    'EMAIL_1]',
    ' a ',
    'é€',
    '"\\n',
    '[E',
    '1',
  ),
  { maxLength: 12 },
);

describe.each(Object.entries(dialects))('a stream of %s', (_, { dialect, event, end, read }) => {
  it('is told as if the values had been in it, however it is cut into pieces and chunks', () => {
    fc.assert(
      fc.property(
        spoken,
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(5000), { maxLength: 8 }),
        (parts, sizes, cuts) => {
          const text = parts.join('');
          const pieces = piecesOf(text, sizes);
          const events = [...pieces.map(event), ...end];
          const source = events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
          const told = eventsOf(run(dialect, encoder.encode(source), cuts));
          expect(told.map(read).join('')).toBe(TOLD(text));
          // No event more, none less, and numbers in their order.
          expect(told).toHaveLength(events.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('without a bracket passes byte for byte', () => {
    const source = [event('a', 0), event('b', 1), ...end]
      .map((one) => `data: ${JSON.stringify(one)}\n\n`)
      .join('');
    expect(run(dialect, encoder.encode(source), [3, 40])).toBe(source);
  });
});

function piecesOf(text: string, sizes: readonly number[]): string[] {
  const chars = [...text];
  const pieces: string[] = [];
  for (let i = 0; chars.length > 0; i++) pieces.push(chars.splice(0, sizes[i % sizes.length] ?? 1).join(''));
  return pieces;
}

describe('a stream', () => {
  const chat = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

  it('keeps comments and pings in their order while a placeholder is under way', () => {
    const source = `${chat('[EMA')}: ping\n\n${chat('IL_1] x')}`;
    expect(run('openai-chat', encoder.encode(source), [])).toBe(
      `${chat('ann@example.com')}: ping\n\n${chat(' x')}`,
    );
  });

  it('does not wait for ever', () => {
    const source = chat('[EMA') + ': ping\n\n'.repeat(100);
    const tap = new RestoringTap(vaultOf(VALUES), 'openai-chat');
    expect(decoder.decode(tap.chunk(encoder.encode(source)) ?? new Uint8Array())).toBe(source);
  });

  it('tells what waits at its end', () => {
    expect(run('openai-chat', encoder.encode(chat('[EMAIL')), [])).toBe(chat('[EMAIL'));
  });

  it('restores events that tell a text once more, and leaves sealed thinking', () => {
    const done = (text: string) =>
      `event: x\ndata: {"type":"response.output_text.done","text":"${text}"}\n\n`;
    expect(run('openai-responses', encoder.encode(done('[EMAIL_2]!')), [])).toBe(done('bob@example.com!'));
    const thinking =
      'data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"[EMAIL_1]"}}\n\n';
    expect(run('anthropic-messages', encoder.encode(thinking), [])).toBe(thinking);
  });
});
