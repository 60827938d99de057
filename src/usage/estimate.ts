import type { Usage } from '../domain/usage.ts';

/** The rule of thumb for English text, used only where no provider counted. */
const CHARS_PER_TOKEN = 4;

/** About how many tokens a text of so many characters has; at least one for any text. */
export function tokensOfLength(characters: number): number {
  return Math.ceil(characters / CHARS_PER_TOKEN);
}

/** The usage of a call of which only the input is known, by its size. */
export function estimatedUsage(input: number): Usage {
  return { input, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0, estimated: true };
}

/** What is known of a stream once it is over, however it ended. */
export interface StreamCount {
  /** The provider's own count; null: it said nothing. */
  readonly reported: Usage | null;
  /** The stream came to its end. */
  readonly finished: boolean;
  /** Output tokens by what passed. */
  readonly output: number;
}

/**
 * The usage of a stream: the provider's own count when it came to its end, otherwise what passed on top of `input`, since
 * what was generated is charged whoever broke off.
 */
export function usageOfEnded({ reported, finished, output }: StreamCount, input: Usage): Usage {
  if (reported !== null && finished) return reported;
  const base = reported ?? input;
  return { ...base, output: Math.max(base.output, output), estimated: true };
}
