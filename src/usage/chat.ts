import type { JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject, objectAt } from '../json.ts';
import { fromOpenAICounts, isTokens, tokens, withOpenAIParts } from './buckets.ts';

/** `usage` of Chat Completions and Completions: `prompt_tokens` includes the cached part. */
export function chatUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || !(isTokens(usage.prompt_tokens) || isTokens(usage.completion_tokens))) return null;
  const prompt = objectAt(usage, 'prompt_tokens_details');
  const completion = objectAt(usage, 'completion_tokens_details');
  const counts = fromOpenAICounts({
    input: tokens(usage.prompt_tokens),
    // DeepSeek has a field of its own for it.
    cached: tokens(prompt.cached_tokens) || tokens(usage.prompt_cache_hit_tokens),
    written: tokens(prompt.cache_write_tokens),
    output: tokens(usage.completion_tokens),
    reasoning: tokens(completion.reasoning_tokens),
    total: tokens(usage.total_tokens),
  });
  return withOpenAIParts(counts, prompt, completion);
}
