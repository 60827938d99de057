import { type Token, tokensOf } from './tokens.ts';
import { ENGLISH, FILLERS, PERIODS, POINTERS, TIME_OR_USER } from './words.ts';

/** As much of a conversation as decides whether another one may have its answer. */
export interface Said {
  readonly messages: readonly {
    readonly role: 'system' | 'user' | 'assistant';
    readonly content: readonly { readonly type: string; readonly text?: string }[];
  }[];
  readonly tools: readonly unknown[];
  readonly temperature?: number;
}

/** Longer texts hold more than a vector can tell. */
const MAX_LENGTH = 2_000;
/** OpenAI's default. Who asks for more wants to be surprised. */
const MAX_TEMPERATURE = 1;
/** Of all words: below it, English words are quoted in a text of another language. */
const MIN_ENGLISH_SHARE = 0.2;

/**
 * The one question of a conversation, if what was answered to a question that means the same would answer it too: a single
 * turn of English text, without tools, and neither about a time nor about the one who asks. Null: it is none.
 */
export function questionOf({ messages, tools, temperature = MAX_TEMPERATURE }: Said): string | null {
  if (tools.length > 0 || temperature > MAX_TEMPERATURE) return null;
  const turns = messages.filter(({ role }) => role !== 'system');
  const [turn] = turns;
  if (turn === undefined || turns.length > 1 || turn.role !== 'user') return null;
  const texts = turn.content.map(({ type, text }) => (type === 'text' ? text : undefined));
  if (texts.some((text) => text === undefined)) return null;
  const question = texts.join('\n');
  return question.length <= MAX_LENGTH && isForAll(question) ? question : null;
}

function isForAll(question: string): boolean {
  const words = tokensOf(question)
    .filter(({ kind }) => kind === 'word')
    .map(({ text }: Token) => text.toLowerCase());
  return isEnglish(words) && !isPersonal(question) && !words.some((word, at) => isTime(word, words[at + 1]));
}

function isTime(word: string, next = ''): boolean {
  return TIME_OR_USER.has(word) || (POINTERS.has(word) && PERIODS.has(next));
}

/** `I'm`, which tokens do not tell from `I`. */
function isPersonal(question: string): boolean {
  return /\bi['\u2019](?:m|ve|d|ll)\b/i.test(question);
}

/** The guard knows the negations and question words of no other language. */
function isEnglish(words: readonly string[]): boolean {
  const known = words.filter((word) => ENGLISH.has(word) || FILLERS.has(word));
  return words.some((word) => ENGLISH.has(word)) && known.length >= words.length * MIN_ENGLISH_SHARE;
}
