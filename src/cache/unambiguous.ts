import type { JsonObject } from '../domain/call.ts';

/** Signs of a number whose text may be shorter than what is made of it, or more exact. Texts may look like it too. */
const ODD_NUMBER = /\d(?:[eE][-+]?\d|\d{15})/;
const INTEGER = /^-?\d+$/;
const WHITESPACE = /\s/;

/**
 * Whether every parser reads the same from a body. Of a member given twice some take the first and some the last, and
 * integers past 2^53 are exact in some languages only, so that two bodies that are equal here would not be equal to a
 * provider. `json` is what `JSON.parse` made of `text`; it must not nest so deep that `JSON.stringify` fails.
 */
export function isUnambiguous(text: string, json: JsonObject): boolean {
  // A member given twice is in the text, not in the value, and only odd numbers can make up for its length.
  if (text.length === JSON.stringify(json).length && !ODD_NUMBER.test(text)) return true;
  return new Scan(text).isUnambiguous();
}

/** One walk over the text of a JSON value that is known to be well-formed. */
class Scan {
  readonly #text: string;
  #at = 0;
  /** The names of each object that is open; null for a list. */
  readonly #open: (Set<string> | null)[] = [];
  #nameComes = false;

  constructor(text: string) {
    this.#text = text;
  }

  isUnambiguous(): boolean {
    while (this.#at < this.#text.length) {
      if (!this.#step(this.#text.charAt(this.#at))) return false;
    }
    return true;
  }

  #step(char: string): boolean {
    switch (char) {
      case '"':
        return this.#string();
      case '{':
      case '[':
        this.#open.push(char === '{' ? new Set() : null);
        this.#nameComes = char === '{';
        break;
      case '}':
      case ']':
        this.#open.pop();
        this.#nameComes = false;
        break;
      case ',':
        this.#nameComes = this.#names() !== null;
        break;
      case ':':
        break;
      default:
        if (!WHITESPACE.test(char)) return this.#literal();
    }
    this.#at++;
    return true;
  }

  #names(): Set<string> | null {
    return this.#open.at(-1) ?? null;
  }

  #string(): boolean {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    const names = this.#names();
    if (!this.#nameComes || names === null) return true;
    this.#nameComes = false;
    const quoted = this.#text.slice(start, this.#at);
    const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
    if (names.has(name)) return false;
    names.add(name);
    return true;
  }

  #literal(): boolean {
    const start = this.#at;
    while (/[-+.\w]/.test(this.#text.charAt(this.#at))) this.#at++;
    const literal = this.#text.slice(start, this.#at);
    const number = Number(literal);
    if (Number.isNaN(number)) return true;
    return INTEGER.test(literal) ? Number.isSafeInteger(number) : Number.isFinite(number);
  }
}

/** Index behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === 92) escapes--;
    if ((end - escapes) % 2 === 0) return end + 1;
  }
  return text.length;
}
