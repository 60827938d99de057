import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { createNodeCountTokens } from '../../adapters/node/tokenizer.ts';
import type { CountTokens } from '../ports/tokenizer.ts';
import { countConversation } from './count-tokens.ts';
import type { AssistantPart, Conversation, Message, UserPart } from './hub/conversation.ts';

const never = new AbortController().signal;

/** One token for each word, and exact. */
const countWords: CountTokens = async (texts) => {
  const words = texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== '');
  return { tokens: words.length, estimated: false };
};

function conversation(messages: readonly Message[], rest: Partial<Conversation> = {}): Conversation {
  return { model: 'm', stream: false, messages, tools: [], others: {}, ...rest };
}

const user = (...content: UserPart[]): Message => ({ role: 'user', at: 'u', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', at: 'a', content });
const text = (words: string) => ({ type: 'text', at: 't', text: words }) as const;

async function count(messages: readonly Message[], rest?: Partial<Conversation>) {
  return countConversation(conversation(messages, rest), countWords, never);
}

/** What a part adds to a message of one word. */
async function tokensOf(part: UserPart): Promise<number> {
  const [without, both] = await Promise.all([count([user(text('one'))]), count([user(text('one'), part)])]);
  return both.inputTokens - without.inputTokens;
}

function png(width: number, height: number): string {
  const bytes = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802', 'hex');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes.toString('base64');
}

describe('countConversation', () => {
  it('counts messages as OpenAI does', async () => {
    const named = {
      role: 'user',
      at: '',
      name: 'ada_l',
      content: [text('Is it cheaper to cache every answer?')],
    } as const;
    const messages: Message[] = [
      { role: 'system', at: '', origin: 'system', content: [text('Answer in one sentence.')] },
      named,
      assistant(text('It depends on how often the same question comes.')),
      user(text('Then how often does it come, in the median?')),
    ];
    const ofTexts = messages
      .flatMap(({ role, content }) => [
        role,
        ...content.map((part) => (part.type === 'text' ? part.text : '')),
      ])
      .reduce((sum, words) => sum + o200k.countTokens(words), 0);
    const counted = await countConversation(conversation(messages), createNodeCountTokens(), never);
    // Three for each message, the name and one for it, three for the answer.
    const expected = ofTexts + 3 * 4 + o200k.countTokens('ada_l') + 1 + 3;
    expect(counted).toEqual({ inputTokens: expected, estimated: false });
  });

  it('adds four for each message and three for the answer', async () => {
    expect(await count([])).toEqual({ inputTokens: 3, estimated: false });
    expect(await count([user(text('one two'))])).toEqual({ inputTokens: 9, estimated: false });
    expect(await count([user(text('one')), assistant(text('two')), user(text('three'))])).toEqual({
      inputTokens: 18,
      estimated: false,
    });
  });

  it('counts calls of tools and each of their results', async () => {
    const call = {
      type: 'tool_call',
      at: '',
      id: 'c',
      name: 'weather',
      arguments: '{}',
      kind: 'function',
    } as const;
    const result = { type: 'tool_result', at: '', callId: 'c', isError: false, kind: 'function' } as const;
    const messages = [
      assistant(call, call),
      user({ ...result, content: [text('warm and dry')] }, { ...result, content: [text('wet')] }),
    ];
    // A message with 2 calls of 2 words and 4; 2 messages with 4 words; the answer.
    expect(await count(messages)).toEqual({ inputTokens: 4 + 12 + 8 + 4 + 3, estimated: true });
  });

  it('counts tools with their schema', async () => {
    const tool = {
      kind: 'function',
      at: '',
      name: 'weather',
      description: 'tells the weather of a town',
      schema: {
        type: 'object',
        properties: { town: { type: 'string', description: 'its name in English' } },
      },
      strict: null,
    } as const;
    const [none, one, two] = await Promise.all([
      count([]),
      count([], { tools: [tool] }),
      count([], { tools: [tool, { kind: 'custom', at: '', name: 'run', format: null }] }),
    ]);
    expect(one.inputTokens - none.inputTokens).toBe(12 + 7 + 9);
    expect(two.inputTokens - one.inputTokens).toBe(7 + 1);
    expect(one.estimated).toBe(true);
    expect(await count([], { tools: [{ kind: 'web_search', at: '' }] })).toEqual({
      inputTokens: 3,
      estimated: true,
    });
  });

  it('counts the schema that the answer has to have', async () => {
    const schema = { description: 'one two three' };
    const { inputTokens } = await count([], {
      responseFormat: { type: 'json_schema', name: 'n', schema, strict: null },
    });
    expect(inputTokens).toBe(3 + 3);
  });

  it('counts reasoning of the turn under way, and none of earlier ones', async () => {
    const thought = { type: 'reasoning', at: '', text: 'so much thought here', seal: null } as const;
    const result = {
      type: 'tool_result',
      at: '',
      callId: 'c',
      isError: false,
      kind: 'function',
      content: [],
    } as const;
    const ask = user(text('one'));
    const [early, late] = await Promise.all([
      count([ask, assistant(thought), ask]),
      count([ask, assistant(thought), user(result)]),
    ]);
    expect(early.inputTokens).toBe(4 * 3 + 2 + 3);
    expect(late.inputTokens).toBe(4 * 3 + 1 + 4 + 3);
  });

  it.each([
    ['a small one', 100, 100, 85 + 170],
    ['a square', 1024, 1024, 85 + 4 * 170],
    ['a high one', 2048, 4096, 85 + 6 * 170],
    ['a photo', 4032, 3024, 85 + 4 * 170],
    ['a strip', 10_000, 10, 85 + 4 * 170],
  ])('counts an image by its tiles: %s', async (_, width, height, tokens) => {
    const source = { kind: 'base64', mediaType: 'image/png', data: png(width, height) } as const;
    expect(await tokensOf({ type: 'image', at: '', source })).toBe(tokens);
    expect(await tokensOf({ type: 'image', at: '', source, detail: 'low' })).toBe(85);
  });

  it('takes an image it cannot see for one of a usual size', async () => {
    expect(
      await tokensOf({ type: 'image', at: '', source: { kind: 'url', url: 'https://a.example/' } }),
    ).toBe(765);
    const broken = { kind: 'base64', mediaType: 'image/png', data: '***' } as const;
    expect(await tokensOf({ type: 'image', at: '', source: broken })).toBe(765);
  });

  it('counts documents by their text, or by the pages they are likely to have', async () => {
    const file = (bytes: number, mediaType = 'application/pdf') =>
      ({ kind: 'base64', mediaType, data: 'A'.repeat((bytes * 4) / 3) }) as const;
    const document = { type: 'document', at: '' } as const;
    expect(
      await tokensOf({ ...document, title: 'A title', source: { kind: 'text', text: 'three words here' } }),
    ).toBe(5);
    expect(await tokensOf({ ...document, source: { kind: 'content', parts: [text('one two')] } })).toBe(2);
    expect(await tokensOf({ ...document, source: file(3) })).toBe(2000);
    expect(await tokensOf({ ...document, source: file(150_000) })).toBe(6000);
    expect(await tokensOf({ ...document, source: file(3000, 'text/plain') })).toBe(750);
    expect(await tokensOf({ ...document, source: { kind: 'file', id: 'f' } })).toBe(2000);
  });

  it('counts audio by its length', async () => {
    const data = 'A'.repeat(64_000);
    expect(await tokensOf({ type: 'audio', at: '', format: 'wav', data })).toBe(10);
    expect(await tokensOf({ type: 'audio', at: '', format: 'mp3', data })).toBe(30);
  });

  it('says that what stands for a picture is an estimate, and what the tokenizer estimated', async () => {
    const image = { type: 'image', at: '', source: { kind: 'file', id: 'f' } } as const;
    expect((await count([user(image)])).estimated).toBe(true);
    const guessing: CountTokens = async () => ({ tokens: 1, estimated: true });
    expect(await countConversation(conversation([]), guessing, never)).toEqual({
      inputTokens: 4,
      estimated: true,
    });
  });

  it('hands the texts of a call over together, and the signal', async () => {
    const { signal } = new AbortController();
    let seen: unknown;
    const spy: CountTokens = async (...args) => {
      seen = args;
      return { tokens: 0, estimated: false };
    };
    await countConversation(conversation([user(text('a')), user(text('b'))]), spy, signal);
    expect(seen).toEqual([['a', 'b'], signal]);
  });
});
