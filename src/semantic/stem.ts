/**
 * A word without the endings that hardly change what is meant: `cats` and `cat`, `increasing`, `increased` and `increase`.
 * Rough on purpose: it only has to do the same to both sides of a comparison.
 */
export function stem(word: string): string {
  return root(withoutPlural(word));
}

function withoutPlural(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

function root(word: string): string {
  const [, base] = /^(.{3,}?)(?:ing|(?<!e)ed)$/.exec(word) ?? [];
  // What has no vowel left was no ending: `string`, `spring`.
  const bare = base !== undefined && /[aeiouy]/.test(base) ? base : word;
  if (bare.length > 3 && bare.endsWith('e')) return bare.slice(0, -1);
  return bare === word ? bare : bare.replace(/([bdfgmnprt])\1$/, '$1');
}
