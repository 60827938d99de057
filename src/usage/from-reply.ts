import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Usage } from '../domain/usage.ts';
import { chatUsage } from './chat.ts';
import { embeddingsUsage } from './embeddings.ts';
import { messagesUsage } from './messages.ts';
import { responsesUsage } from './responses.ts';
import { withServiceTier } from './service-tier.ts';

/** The usage that a JSON answer reports; null when it says nothing usable. */
export function usageFromReply(dialect: Dialect, { usage, service_tier: tier }: JsonObject): Usage | null {
  switch (dialect) {
    case 'anthropic-messages':
      return messagesUsage(usage);
    case 'openai-responses':
      return withServiceTier(responsesUsage(usage), tier);
    case 'openai-embeddings':
      return embeddingsUsage(usage);
    case 'openai-chat':
    case 'openai-completions':
      return withServiceTier(chatUsage(usage), tier);
  }
}
