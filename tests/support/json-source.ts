const TOKEN = /"(?:[^"\\]+|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/**
 * The source text of the value under `path` in the text of a JSON object: its spacing, number forms and escapes as
 * they are written, which a parse would lose.
 * @throws Error when there is no such member.
 */
export function jsonSource(text: string, path: readonly string[]): string {
  return path.reduce(memberSource, text);
}

function memberSource(text: string, name: string): string {
  const wanted = JSON.stringify(name);
  let depth = 0;
  let start = -1;
  let previous = '';
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const ends = depth === 1 && (token === ',' || token === '}');
    if (start >= 0 && ends) return text.slice(start, index).trim();
    if (depth === 1 && token === ':' && previous === wanted) start = index + 1;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    previous = token;
  }
  throw new Error(`no member ${wanted}`);
}
