import type { JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { asObject, isTokens, objectAt, tokens } from './buckets.ts';

/** `usage` of the Messages API: `input_tokens` excludes what was read from and written to the cache. */
export function messagesUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || !(isTokens(usage.input_tokens) || isTokens(usage.output_tokens))) return null;
  const split = objectAt(usage, 'cache_creation');
  const cacheWrite1h = tokens(split.ephemeral_1h_input_tokens);
  const written = tokens(usage.cache_creation_input_tokens);
  return {
    input: tokens(usage.input_tokens),
    cacheRead: tokens(usage.cache_read_input_tokens),
    cacheWrite: Math.max(written - cacheWrite1h, tokens(split.ephemeral_5m_input_tokens)),
    cacheWrite1h,
    output: tokens(usage.output_tokens),
    reasoning: 0,
    estimated: false,
  };
}
