import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { openAIDetails } from '../../usage/parts.ts';

/** `usage` of Chat Completions: `prompt_tokens` includes what was read from and written to a cache. */
export function writeUsage(usage: Usage): JsonObject {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning } = usage;
  const written = cacheWrite + cacheWrite1h;
  const details = openAIDetails(usage);
  const prompt = input + cacheRead + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      ...(written > 0 ? { cache_write_tokens: written } : {}),
      ...details.input,
    },
    completion_tokens_details: { reasoning_tokens: reasoning, ...details.output },
  };
}
