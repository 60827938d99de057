/** Words of at most five letters, so that each is one token of the sandbox's tokenizer. */
const WORDS =
  'lorem ipsum dolor sit amet elit sed do nunc ut quis et magna nulla enim ad minim velit nisi ex ea irure in esse eu sint non sunt culpa qui id est anim'.split(
    ' ',
  );

export const LOREM_WORDS = 120;

/** Bounds the memory of one answer, whatever `max_tokens` says (some SDKs send 64,000 by default). */
const MAX_WORDS = 50_000;

/** A text of exactly `count` words and as many tokens, always the same. */
export function lorem(count: number): string {
  const words = Array.from({ length: Math.min(count, MAX_WORDS) }, (_, i) => WORDS[i % WORDS.length]);
  return words.join(' ');
}
