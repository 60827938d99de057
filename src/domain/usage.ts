/**
 * Tokens of one attempt, in disjoint buckets but for `reasoning`, so that a price is a plain sum.
 * `input` excludes what was read from or written to the provider's prompt cache (Anthropic's way of
 * counting; OpenAI's `prompt_tokens` includes the cached part and is split when it is read).
 */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  /** Written to the provider's prompt cache for five minutes. */
  readonly cacheWrite: number;
  /** Written to the provider's prompt cache for an hour. */
  readonly cacheWrite1h: number;
  /** All generated tokens, reasoning included. */
  readonly output: number;
  /** The part of `output` that was reasoning. */
  readonly reasoning: number;
  /** True when the provider did not say and the gateway counted by itself. */
  readonly estimated: boolean;
  /** Absent: none, or the provider does not tell. */
  readonly parts?: UsageParts;
  /** The provider's own word, e.g. `flex`. Absent: the one whose prices it lists. */
  readonly serviceTier?: string;
}

/** What has prices of its own beside those of text. Tokens are parts of `input` and of `output` without `reasoning`. */
export interface UsageParts {
  readonly audioInput: number;
  readonly imageInput: number;
  readonly audioOutput: number;
  readonly imageOutput: number;
  /** Searches that the provider made, each of which has a fee. */
  readonly webSearches: number;
  /** Pictures that were made, where they are sold by the piece. */
  readonly images: number;
}

/** Integer nano-dollars (1e-9 USD). A safe integer holds nine million dollars. */
export type NanoUsd = number;
