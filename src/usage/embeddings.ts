import type { JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject } from '../json.ts';
import { isTokens } from './buckets.ts';
import { chatUsage } from './chat.ts';

/** `usage` of Embeddings: nothing is generated, so a server that tells only the total has told the input. */
export function embeddingsUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || isTokens(usage.prompt_tokens)) return chatUsage(usage);
  return chatUsage({ ...usage, prompt_tokens: usage.total_tokens });
}
