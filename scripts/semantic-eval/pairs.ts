/** Two questions, and whether one answer is right for both. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

/** Column names of a table with a heading; Quora's and PAWS's among them. */
const COLUMNS = {
  a: ['a', 'question1', 'sentence1'],
  b: ['b', 'question2', 'sentence2'],
  same: ['same', 'is_duplicate', 'label'],
} as const;

/**
 * Pairs from JSON lines (`{"a":…,"b":…,"same":true}`), or from a table with a heading, in CSV (RFC 4180) or with tabs.
 * @throws Error naming the line that is wrong.
 */
export function readPairs(text: string): Pair[] {
  const body = text.replace(/^\ufeff/, '');
  return body.trimStart().startsWith('{') ? readLines(body) : readTable(body);
}

function readLines(text: string): Pair[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const value: unknown = parse(line, at + 1);
    if (!isPair(value))
      throw new Error(`line ${at + 1}: needs "a" and "b" (texts) and "same" (true or false)`);
    return [{ a: value.a, b: value.b, same: value.same }];
  });
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`line ${number}: is no JSON`);
  }
}

function isPair(value: unknown): value is Pair {
  if (typeof value !== 'object' || value === null) return false;
  const { a, b, same } = value as Partial<Record<keyof Pair, unknown>>;
  return typeof a === 'string' && typeof b === 'string' && typeof same === 'boolean';
}

function readTable(text: string): Pair[] {
  const separator = text.slice(0, text.indexOf('\n')).includes('\t') ? '\t' : ',';
  const [heading = [], ...rows] = separator === ',' ? csvRows(text) : tabRows(text);
  const at = (names: readonly string[]) =>
    heading.findIndex((name) => names.includes(name.trim().toLowerCase()));
  const places = [at(COLUMNS.a), at(COLUMNS.b), at(COLUMNS.same)] as const;
  if (places.includes(-1)) throw new Error('line 1: needs the columns a, b and same');
  return rows.map((row, index) => {
    const [a = '', b = '', label = ''] = places.map((place) => row[place] ?? '');
    if (!/^(?:true|false|0|1)$/i.test(label.trim()))
      throw new Error(`row ${index + 2}: "same" must be true, false, 1 or 0`);
    return { a, b, same: /^(?:true|1)$/i.test(label.trim()) };
  });
}

function tabRows(text: string): string[][] {
  return text.split(/\r?\n/).flatMap((line) => (line === '' ? [] : [line.split('\t')]));
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end = ''] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
