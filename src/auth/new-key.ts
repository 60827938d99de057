/** What every managed key begins with, so that scanners of code and logs can find one that leaked. */
const PREFIX = 'lek_';
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 of 62 letters are 256 bits: a single SHA-256 of that cannot be tried out, so it needs no slow hash. */
const LENGTH = 43;
const HINT_LENGTH = PREFIX.length + 4;

export interface NewKey {
  readonly key: string;
  /** What people tell it apart by; 24 bits of 256. */
  readonly hint: string;
}

export function newKey(): NewKey {
  const key = PREFIX + randomText(LENGTH);
  return { key, hint: key.slice(0, HINT_LENGTH) };
}

/** Ids sort by the time at which they were made: that many milliseconds last until the year 5188. */
export function newKeyId(now: number): string {
  return `key_${now.toString(36).padStart(9, '0')}${randomText(12)}`;
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is 4 times 62: the bytes above would make some letters likelier than others.
      if (byte < 248 && text.length < length) text += LETTERS[byte % LETTERS.length];
    }
  }
  return text;
}
