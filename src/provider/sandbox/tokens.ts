/**
 * The sandbox's tokenizer: a token is at most five characters of a word together with the one space before it, or
 * up to four spaces. English prose comes to about four characters a token; joined again, tokens give the text.
 */
const TOKEN = /\s?\S{1,5}|\s{1,4}/gu;

export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

export function countTokens(text: string): number {
  return tokenize(text).length;
}

/** As `tokenize`, but never in one piece: a client that joins the arguments of a tool call has to prove it. */
export function fragments(json: string): string[] {
  const tokens = tokenize(json);
  return tokens.length > 1 ? tokens : [json.slice(0, 1), json.slice(1)];
}
