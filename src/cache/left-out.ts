import type { Dialect } from '../domain/dialect.ts';

const ONE_ENTRY_BOTH_WAYS =
  'One entry answers streaming and other callers: it is replayed in the form that is asked for.';
const STREAM = {
  stream: ONE_ENTRY_BOTH_WAYS,
  stream_options: 'It shapes the stream alone; a usage chunk that was not asked for is hidden again.',
};
const USER = 'It names the end user to the provider, for tracking abuse; the model does not see it.';
const LABELS = 'Labels for the record of a call; the model does not see them.';
const PROMPT_CACHE = "It steers the provider's prompt cache, which changes the price and not the answer.";

/**
 * Fields of a body that do not make it another call, each with the reason. Everything that is not listed counts, what is
 * unknown included, so that a new parameter can never be answered with what was said without it. Answers of the
 * Responses API repeat the fields that name the user, the labels and the prompt cache, so there they count.
 */
export const LEFT_OUT: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  'openai-chat': {
    ...STREAM,
    user: USER,
    safety_identifier: USER,
    prompt_cache_key: PROMPT_CACHE,
    prompt_cache_retention: PROMPT_CACHE,
    metadata: LABELS,
  },
  'openai-responses': STREAM,
  'anthropic-messages': { stream: ONE_ENTRY_BOTH_WAYS, metadata: USER },
  'openai-embeddings': { user: USER },
  'openai-completions': { ...STREAM, user: USER },
};
