import type { Endpoint } from '../domain/dialect.ts';
import type { UpstreamEndpoint } from '../domain/provider.ts';
import { chatClient, chatProvider } from './chat/translator.ts';
import { geminiProvider } from './gemini/translator.ts';
import { ANTHROPIC_NAMES, GEMINI_NAMES, type NameRule, OPENAI_NAMES } from './hub/tool-names.ts';
import type { ClientTranslator, ProviderTranslator } from './hub/translator.ts';
import { messagesClient, messagesProvider } from './messages/translator.ts';
import { responsesClient, responsesProvider } from './responses/translator.ts';

/** Conversations as clients may send them. */
export type ConversationEndpoint = Extract<Endpoint, 'chat' | 'responses' | 'messages'>;
/** Conversations as providers may take them. */
export type ConversationUpstream = ConversationEndpoint | 'generate_content';

export const CLIENTS: Readonly<Record<ConversationEndpoint, ClientTranslator>> = {
  chat: chatClient,
  responses: responsesClient,
  messages: messagesClient,
};

export const PROVIDERS: Readonly<Record<ConversationUpstream, ProviderTranslator>> = {
  chat: chatProvider,
  responses: responsesProvider,
  messages: messagesProvider,
  generate_content: geminiProvider,
};

export const NAME_RULES: Readonly<Record<ConversationUpstream, NameRule>> = {
  chat: OPENAI_NAMES,
  responses: OPENAI_NAMES,
  messages: ANTHROPIC_NAMES,
  generate_content: GEMINI_NAMES,
};

/**
 * Where a conversation goes when the provider does not speak the client's dialect, best first: the one that loses least.
 * From Messages, Responses goes before Chat because only it can carry reasoning there and back.
 */
const UPSTREAMS: Readonly<Record<ConversationEndpoint, readonly ConversationUpstream[]>> = {
  chat: ['messages', 'generate_content', 'responses'],
  responses: ['messages', 'generate_content', 'chat'],
  messages: ['responses', 'generate_content', 'chat'],
};

/** The dialects in which a provider may be sent a client's conversation, best first. */
export function upstreamsFor(
  endpoint: ConversationEndpoint,
  paths: Readonly<Partial<Record<UpstreamEndpoint, string>>>,
): readonly ConversationUpstream[] {
  return UPSTREAMS[endpoint].filter((upstream) => paths[upstream] !== undefined);
}

export function isConversation(endpoint: Endpoint): endpoint is ConversationEndpoint {
  return endpoint === 'chat' || endpoint === 'responses' || endpoint === 'messages';
}
