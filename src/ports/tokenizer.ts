/**
 * Counts the tokens of several texts, each by itself, and adds them up. Special tokens in a text (`<|endoftext|>`) are
 * text like any other, as they are to providers. A driver takes all texts of a call at once, so that it can bound the work for
 * them together, and never holds the event loop for longer than a few milliseconds.
 *
 * @throws the signal's reason, once it has fired.
 */
export type CountTokens = (texts: readonly string[], signal: AbortSignal) => Promise<TokenCount>;

export interface TokenCount {
  readonly tokens: number;
  /** False: counted by OpenAI's tokenizer `o200k_base`, for the models since GPT-4o. For any other model that is an estimate too. */
  readonly estimated: boolean;
}
