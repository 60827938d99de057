import type { Endpoint } from '../domain/dialect.ts';
import type { Provider, UpstreamEndpoint } from '../domain/provider.ts';

const CONVERSATIONS: readonly UpstreamEndpoint[] = ['chat', 'responses', 'messages', 'generate_content'];

/** What the gateway can make of other endpoints of a provider. */
const INSTEAD: Readonly<Partial<Record<Endpoint, readonly UpstreamEndpoint[]>>> = {
  chat: CONVERSATIONS,
  responses: CONVERSATIONS,
  messages: CONVERSATIONS,
  // Counted by the gateway itself.
  count_tokens: CONVERSATIONS,
  embeddings: ['embed_content'],
};

/** True when the provider takes the endpoint's dialect as it is. */
export function servesDirectly({ paths }: Provider, endpoint: Endpoint): boolean {
  return paths[endpoint] !== undefined;
}

/** True when a call of the endpoint can be answered, be it in another dialect. */
export function serves(provider: Provider, endpoint: Endpoint): boolean {
  if (servesDirectly(provider, endpoint)) return true;
  return INSTEAD[endpoint]?.some((other) => provider.paths[other] !== undefined) ?? false;
}
