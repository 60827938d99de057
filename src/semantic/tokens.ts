/** A word, a number, a sign that stands alone, or something else that is no word (`node.js`, `a@b.c`). */
export interface Token {
  readonly kind: 'word' | 'number' | 'sign' | 'other';
  /** Words keep their capitals. Contractions are undone: `don't` is two words, `what's` is `what`. */
  readonly text: string;
  /** It opens a sentence, where a capital letter says nothing. */
  readonly opens: boolean;
}

/** The tokens of a text, in its order. Texts that differ in Unicode form alone have equal tokens. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  let opens = true;
  const normal = plain(text);
  for (const { 0: chunk, index } of normal.matchAll(/\S+/g)) {
    if (normal.slice(end, index).includes('\n')) opens = true;
    end = index + chunk.length;
    const core = withoutEdges(chunk);
    if (core !== '') {
      for (const token of split(core)) tokens.push({ ...token, opens });
      opens = false;
    }
    if (/[.!?:]["')\]]*$/.test(chunk)) opens = true;
  }
  return tokens;
}

/** Compatibility forms (NFKC) and typographic quotes as the plain ones. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u2018\u2019\u201b]/g, "'")
    .replaceAll(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"');
}

function withoutEdges(chunk: string): string {
  return chunk.replace(/^[("'[{<]+/, '').replace(/[)"'\]}>.,;:!?]+$/, '');
}

type Part = Pick<Token, 'kind' | 'text'>;

function split(core: string): Part[] {
  if (/\p{N}/u.test(core)) return numberParts(core);
  if (!/\p{L}/u.test(core)) return [{ kind: 'sign', text: core }];
  return core.split(/(?<=\p{L})-(?=\p{L})/u).flatMap(wordParts);
}

/** `5km` is `5` and `km`, `1,000` is `1000`; `3rd`, `10:30`, `2027-01-05` and `GPT-4` stay whole. */
function numberParts(core: string): Part[] {
  const text = core.toLowerCase().replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '');
  const [, number = '', unit = ''] = /^([-+]?\p{Sc}?\d+(?:\.\d+)?)(\p{L}+)$/u.exec(text) ?? [];
  if (number === '' || /^(?:st|nd|rd|th)$/.test(unit)) return [{ kind: 'number', text }];
  return [
    { kind: 'number', text: number },
    { kind: 'word', text: unit },
  ];
}

const CONTRACTED: Readonly<Record<string, string>> = { ca: 'can', wo: 'will', sha: 'shall', ai: 'is' };

function wordParts(part: string): Part[] {
  if (!/^[\p{L}\p{M}']+$/u.test(part)) return [{ kind: 'other', text: part }];
  const [, negated] = /^(.+)n't$/i.exec(part) ?? [];
  if (negated !== undefined) {
    const word = CONTRACTED[negated.toLowerCase()] ?? negated;
    return [
      { kind: 'word', text: word },
      { kind: 'word', text: 'not' },
    ];
  }
  return [{ kind: 'word', text: part.replace(/'(?:s|re|ve|ll|d|m)$/i, '') }];
}
