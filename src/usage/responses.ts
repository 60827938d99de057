import type { JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject, objectAt } from '../json.ts';
import { fromOpenAICounts, isTokens, tokens, withOpenAIParts } from './buckets.ts';

/** `usage` of the Responses API: `input_tokens` includes the cached part. */
export function responsesUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || !(isTokens(usage.input_tokens) || isTokens(usage.output_tokens))) return null;
  const input = objectAt(usage, 'input_tokens_details');
  const output = objectAt(usage, 'output_tokens_details');
  const counts = fromOpenAICounts({
    input: tokens(usage.input_tokens),
    cached: tokens(input.cached_tokens),
    written: tokens(input.cache_write_tokens),
    output: tokens(usage.output_tokens),
    reasoning: tokens(output.reasoning_tokens),
    total: tokens(usage.total_tokens),
  });
  return withOpenAIParts(counts, input, output);
}
