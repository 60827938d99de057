/** A string that is a value in a JSON text. */
export interface JsonString {
  /** Offsets of it with its quotes. */
  readonly start: number;
  readonly end: number;
  /** Names of members and `*` for places in lists, from the root: `messages.*.content`. */
  readonly path: string;
}

interface Frame {
  readonly path: string;
  readonly isList: boolean;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;

/**
 * The strings of a JSON text that are values, in order. Offsets let them be replaced while all else stays byte for byte.
 * Iterative, so that no depth of nesting overflows the stack. `text` must be valid JSON.
 */
export function* jsonStrings(text: string): Generator<JsonString> {
  const frames: Frame[] = [];
  let key: string | null = null;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const top = frames.at(-1);
    if (token === '{' || token === '[') {
      frames.push({ path: pathOf(top, key), isList: token === '[' });
      key = null;
    } else if (token === '}' || token === ']') {
      frames.pop();
      key = null;
    } else if (top !== undefined && !top.isList && key === null) {
      key = JSON.parse(token) as string;
      // A number, true, false or null is no token: it is passed over with its key.
      if (!opensValue(text, index + token.length)) key = null;
    } else {
      yield { start: index, end: index + token.length, path: pathOf(top, key) };
      key = null;
    }
  }
}

function pathOf(parent: Frame | undefined, key: string | null): string {
  if (parent === undefined) return '';
  const name = parent.isList ? '*' : (key ?? '');
  return parent.path === '' ? name : `${parent.path}.${name}`;
}

/** Whether the value behind the key that ends at `from` is a string, an object or a list. */
function opensValue(text: string, from: number): boolean {
  let i = from;
  while (' \t\r\n:'.includes(text.charAt(i))) i++;
  return '"{['.includes(text.charAt(i));
}

/** The text with strings in the place of others; null leaves one as it stands. */
export function mapStrings(text: string, map: (value: string, at: JsonString) => string | null): string {
  let out = '';
  let at = 0;
  for (const found of jsonStrings(text)) {
    const mapped = map(JSON.parse(text.slice(found.start, found.end)) as string, found);
    if (mapped === null) continue;
    out += text.slice(at, found.start) + JSON.stringify(mapped);
    at = found.end;
  }
  return at === 0 ? text : out + text.slice(at);
}
