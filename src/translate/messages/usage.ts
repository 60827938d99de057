import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';

/** `usage` of a message. Zeros where the provider has not counted (yet): the field is not optional. */
export function writeUsage(usage: Usage | null, serviceTier: string | undefined): JsonObject {
  return {
    ...writeCounts(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage?.cacheWrite ?? 0,
      ephemeral_1h_input_tokens: usage?.cacheWrite1h ?? 0,
    },
    service_tier: writeTier(serviceTier),
  };
}

/** `usage` of `message_delta`: totals of the whole message. */
export function writeCounts(usage: Usage | null): JsonObject {
  const searches = usage?.parts?.webSearches ?? 0;
  return {
    input_tokens: usage?.input ?? 0,
    cache_creation_input_tokens: (usage?.cacheWrite ?? 0) + (usage?.cacheWrite1h ?? 0),
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    output_tokens: usage?.output ?? 0,
    ...(searches > 0 ? { server_tool_use: { web_search_requests: searches } } : {}),
    ...(usage !== null && usage.reasoning > 0
      ? { output_tokens_details: { thinking_tokens: usage.reasoning } }
      : {}),
  };
}

/** The tier that served a call, in OpenAI's words, which the hub speaks. */
export function readTier(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value === 'standard' ? 'default' : value;
}

function writeTier(tier: string | undefined): string | null {
  if (tier === 'default') return 'standard';
  return tier === 'priority' || tier === 'batch' ? tier : null;
}
