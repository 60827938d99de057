import { stem } from './stem.ts';
import { plain, type Token, tokensOf } from './tokens.ts';
import {
  DATES,
  FILLERS,
  MEASURES,
  NEGATIONS,
  NUMBERS,
  OPENERS,
  POLITE,
  QUESTIONS,
  SYNONYMS,
  TURNING,
  UNITS,
} from './words.ts';

/**
 * What of a question decides its answer and is lost in a vector. Every word is a hash of it: enough to compare, and no prompt
 * that lies about in memory. It hides words from who looks, not from who tries words out; neither does the vector.
 */
export interface Facts {
  /** In the order of the text, as are all but `negations` and `turning`. */
  readonly numbers: readonly number[];
  /** What stands in quotes or backticks, each as one. */
  readonly quotes: readonly number[];
  /** Signs that stand alone (`+`), and what is no word (`node.js`). */
  readonly signs: readonly number[];
  /** Every word behind the first colon or line break: what an instruction is to be applied to. */
  readonly payload: readonly number[];
  /** Sorted. */
  readonly negations: readonly number[];
  /** Words that turn what is asked, sorted. */
  readonly turning: readonly number[];
  readonly units: readonly number[];
  /** The question word; empty: none. */
  readonly question: readonly number[];
  /** Capitalised names and acronyms, and dates. */
  readonly names: readonly number[];
  /** Words with a meaning of their own, names among them, synonyms as one. */
  readonly words: readonly number[];
  /** One word more or less is lost in a long text, and names in one without capitals: nothing but fillers may differ. */
  readonly strict: boolean;
}

/** With more words that mean something, a vector hardly moves when one of them is another. */
const MAX_LOOSE_WORDS = 12;

export function factsOf(text: string): Facts {
  const facts = new Collector();
  const normal = plain(text).trim();
  const tokens = tokensOf(normal);
  for (const [at, token] of tokens.entries()) facts.add(token, tokens[at + 1]);
  const payload = /(?::\s|\n)([\s\S]*)$/.exec(normal)?.[1] ?? '';
  return {
    numbers: facts.numbers,
    quotes: quotesIn(normal),
    signs: facts.signs,
    payload: tokensOf(payload).map((token) => hash(token.text.toLowerCase())),
    negations: facts.negations.sort(ascending),
    turning: facts.turning.sort(ascending),
    units: facts.units,
    question: facts.question,
    names: facts.names,
    words: facts.words,
    strict: facts.words.length > MAX_LOOSE_WORDS || !/\p{Lu}/u.test(normal),
  };
}

const HEADS: ReadonlyMap<string, string> = new Map(
  SYNONYMS.flatMap(([head = '', ...others]) => others.map((word) => [stem(word), stem(head)] as const)),
);
const TURNING_ROOTS: ReadonlySet<string> = new Set([...TURNING].map(rootOf));
const UNIT_ROOTS: ReadonlySet<string> = new Set([...UNITS].map(rootOf));
/** `dont`, `cannot`. */
const CONTRACTED_NOT = /nt$|^cannot$/;

class Collector {
  readonly numbers: number[] = [];
  readonly signs: number[] = [];
  readonly negations: number[] = [];
  readonly turning: number[] = [];
  readonly units: number[] = [];
  readonly names: number[] = [];
  readonly words: number[] = [];
  question: number[] = [];

  add(token: Token, next: Token | undefined): void {
    const { kind, text } = token;
    if (kind === 'word') this.#word(token, next);
    else this.#sign(kind === 'number' ? this.numbers : this.signs, text);
  }

  /** Where it stands among the words counts as well: "is x more than 5" is not "is 5 more than x". */
  #sign(list: number[], text: string): void {
    list.push(hash(text));
    this.words.push(hash(text));
  }

  #word(token: Token, next: Token | undefined): void {
    const word = token.text.toLowerCase();
    const number = NUMBERS.get(word);
    if (number !== undefined) {
      this.#sign(this.numbers, number);
      return;
    }
    if (NEGATIONS.has(word)) this.negations.push(hash(CONTRACTED_NOT.test(word) ? 'not' : word));
    if (this.question.length === 0 && QUESTIONS.has(word)) this.#ask(word, next);
    const root = isShout(token.text) ? word : rootOf(word);
    if (TURNING_ROOTS.has(root) || (word === 'to' && isPlace(next))) this.turning.push(hash(root));
    if (UNIT_ROOTS.has(root)) this.units.push(hash(root));
    if (isName(token, word)) this.names.push(hash(root));
    else if (FILLERS.has(word) || NEGATIONS.has(word) || isPolite(word, next)) return;
    this.words.push(hash(root));
  }

  #ask(word: string, next: Token | undefined): void {
    const measure = next?.text.toLowerCase() ?? '';
    this.question = [hash(word === 'how' && MEASURES.has(measure) ? `how ${measure}` : word)];
  }
}

/** `to Rome`, where `to reset` says nothing that `reset` does not. */
function isPlace(next: Token | undefined): boolean {
  return next !== undefined && (next.kind !== 'word' || /^\p{Lu}/u.test(next.text));
}

function isPolite(word: string, next: Token | undefined): boolean {
  return POLITE.has(word) && /^(?:me|us)$/i.test(next?.text ?? '');
}

function rootOf(word: string): string {
  const root = stem(word);
  return HEADS.get(root) ?? root;
}

function isName({ text, opens }: Token, word: string): boolean {
  if (isShout(text) || DATES.has(word)) return true;
  // `\u0080` and beyond: what is not written in plain letters is no English word.
  if (/[^\0-\x7f]/.test(text)) return true;
  if (!/^\p{Lu}/u.test(text) || text === 'I') return false;
  if (text.length === 1) return !opens;
  return !FILLERS.has(word) && !(opens && (OPENERS.has(word) || NEGATIONS.has(word)));
}

/** `NATO`, `iPhone`. */
function isShout(text: string): boolean {
  return /.\p{Lu}/u.test(text);
}

const QUOTED = /```([\s\S]*?)```|`([^`]+)`|"([^"]+)"|(?<![\p{L}\p{N}])'([^'\n]+)'(?!\p{L})/gu;

function quotesIn(text: string): number[] {
  return Array.from(text.matchAll(QUOTED), ([, ...groups]) =>
    hash((groups.find((group) => group !== undefined) ?? '').replaceAll(/\s+/g, ' ')),
  );
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
