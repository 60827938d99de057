import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { openAIDetails } from '../../usage/parts.ts';

/** `usage` of a response: what was read from and written to the provider's cache is part of the input. */
export function writeUsage(usage: Usage): JsonObject {
  const written = usage.cacheWrite + usage.cacheWrite1h;
  const details = openAIDetails(usage);
  const input = usage.input + usage.cacheRead + written;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: written, ...details.input },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning, ...details.output },
    total_tokens: input + usage.output,
  };
}
