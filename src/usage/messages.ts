import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject, objectAt } from '../json.ts';
import { isTokens, tokens } from './buckets.ts';
import { withParts } from './parts.ts';
import { withServiceTier } from './service-tier.ts';
import { sumOfUsage } from './sum.ts';

const COUNTS = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];

/** `usage` of the Messages API: `input_tokens` excludes what was read from and written to the cache. */
export function messagesUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || !COUNTS.some((name) => isTokens(usage[name]))) return null;
  const all = compactions(usage).map(bucketsOf).reduce(sumOfUsage, bucketsOf(usage));
  return withServiceTier(all, usage.service_tier);
}

/**
 * Compacting a long conversation is a pass of the same model that is charged, and the totals leave it out
 * (https://platform.claude.com/docs/en/build-with-claude/compaction). Passes of other models are not in here: one
 * price could not hold for them.
 */
function compactions({ iterations }: JsonObject): JsonObject[] {
  if (!Array.isArray(iterations)) return [];
  return iterations.map((pass) => asObject(pass) ?? {}).filter(({ type }) => type === 'compaction');
}

/** Written tokens that are not split by their time to live were written for five minutes. */
function bucketsOf(usage: JsonObject): Usage {
  const split = objectAt(usage, 'cache_creation');
  const cacheWrite1h = tokens(split.ephemeral_1h_input_tokens);
  const written = tokens(usage.cache_creation_input_tokens);
  const output = tokens(usage.output_tokens);
  const counts: Usage = {
    input: tokens(usage.input_tokens),
    cacheRead: tokens(usage.cache_read_input_tokens),
    cacheWrite: Math.max(written - cacheWrite1h, tokens(split.ephemeral_5m_input_tokens)),
    cacheWrite1h,
    output,
    reasoning: Math.min(output, tokens(objectAt(usage, 'output_tokens_details').thinking_tokens)),
    estimated: false,
  };
  return withParts(counts, { webSearches: tokens(objectAt(usage, 'server_tool_use').web_search_requests) });
}
