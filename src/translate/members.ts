/** A member of the outermost object of a JSON text: where its value stands. */
export interface Member {
  readonly key: string;
  /** Offsets of the value: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
}

/**
 * The members of the outermost object, in order, duplicates included. Editing at these offsets keeps everything
 * else byte for byte: numbers beyond 2^53, key order, spacing, escapes, which a parse and a re-serialisation lose
 * (and with them the provider's prompt cache). `text` must be valid JSON whose value is an object.
 */
export function* topLevelMembers(text: string): Generator<Member> {
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = skipTo(text, at, '"}');
    if (text[keyStart] !== '"') return;
    const keyEnd = stringEnd(text, keyStart);
    const key: unknown = JSON.parse(text.slice(keyStart, keyEnd));
    const start = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const end = valueEnd(text, start);
    yield { key: String(key), start, end };
    at = end;
  }
}

/** Offset of the `}` that closes the outermost object. */
export function closingBrace(text: string): number {
  return text.lastIndexOf('}');
}

function skipTo(text: string, from: number, stops: string): number {
  let i = from;
  while (i < text.length && !stops.includes(text.charAt(i))) i++;
  return i;
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (' \t\n\r'.includes(text.charAt(i))) i++;
  return i;
}

/** Offset behind the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  if (first === '{' || first === '[') return containerEnd(text, start);
  return skipTo(text, start, ',} \t\n\r');
}

/** Iterative, so that no depth of nesting overflows the stack. */
function containerEnd(text: string, start: number): number {
  let depth = 0;
  let i = start;
  for (;;) {
    switch (text[i]) {
      case '"':
        i = stringEnd(text, i);
        continue;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (--depth === 0) return i + 1;
    }
    i++;
  }
}
