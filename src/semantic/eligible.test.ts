import { describe, expect, it } from 'vitest';
import { questionOf, type Said } from './eligible.ts';

const TEXT = 'What is the capital of France?';
const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text', text }] });
const said = (text: string, more: Partial<Said> = {}): Said => ({
  messages: [user(text)],
  tools: [],
  ...more,
});

describe('a question that others may have asked', () => {
  it.each<[string, Said]>([
    ['alone', said(TEXT)],
    ['after instructions', said(TEXT, { messages: [{ role: 'system', content: [] }, user(TEXT)] })],
    ['with a moderate temperature', said(TEXT, { temperature: 1 })],
  ])('stands %s', (_, conversation) => {
    expect(questionOf(conversation)).toBe(TEXT);
  });

  it('may come in parts', () => {
    const content = [
      { type: 'text', text: 'What is' },
      { type: 'text', text: 'the capital?' },
    ];
    expect(questionOf(said('', { messages: [{ role: 'user', content }] }))).toBe('What is\nthe capital?');
  });
});

describe('a conversation has none', () => {
  it.each<[string, Partial<Said>]>([
    ['of several turns', { messages: [user(TEXT), { role: 'assistant', content: [] }, user(TEXT)] }],
    ['of two messages of the user', { messages: [user(TEXT), user(TEXT)] }],
    ['that ends with the assistant', { messages: [{ role: 'assistant', content: [] }] }],
    ['of instructions alone', { messages: [{ role: 'system', content: [] }] }],
    ['with tools', { tools: [{}] }],
    ['that wants to be surprised', { temperature: 1.2 }],
    ...['image', 'document', 'audio', 'tool_result'].map((type): [string, Partial<Said>] => [
      `with a part of type ${type}`,
      { messages: [{ role: 'user', content: [{ type: 'text', text: TEXT }, { type }] }] },
    ]),
  ])('%s', (_, more) => {
    expect(questionOf(said(TEXT, more))).toBeNull();
  });

  it.each([
    'What is the weather today?',
    'Who is the current president of France?',
    'What is the latest version of Node?',
    'What should I do about my rash?',
    'What do our rules say about travel?',
    'Which films are on this week?',
    'What happened in the last year?',
    "I'm 20: what should I eat?",
    'I\u2019ve a cold, what is the best tea?',
    'What is open here?',
  ])('that asks of a time or of oneself: %s', (text) => {
    expect(questionOf(said(text))).toBeNull();
  });

  it.each([
    'Quelle est la capitale de la France ?',
    'Was ist die Hauptstadt von Frankreich?',
    'Is dit goed of slecht voor me?',
    '\u4e2d\u56fd\u7684\u9996\u90fd\u662f\u54ea\u91cc\uff1f',
    "Comment traduire \u00ab the cat \u00bb en bon fran\u00e7ais, avec l'article, s'il vous pla\u00eet, pour un enfant ?",
    'yes',
    '',
  ])('that is not English: %s', (text) => {
    expect(questionOf(said(text))).toBeNull();
  });

  it('of more than 2,000 characters', () => {
    expect(questionOf(said('the '.repeat(500)))).not.toBeNull();
    expect(questionOf(said(`${'the '.repeat(500)}a`))).toBeNull();
  });
});
