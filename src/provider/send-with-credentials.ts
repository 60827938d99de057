import type { Provider } from '../domain/provider.ts';
import { ownAuthorization } from './request-headers.ts';
import type { Send } from './send.ts';

/** The key with which the gateway calls a provider. Never rejects. */
export type CredentialOf = (provider: Provider) => string | null | Promise<string | null>;

/**
 * Calls providers with the keys that were set at run time, over those that are configured. At the way out, so that whatever
 * calls a provider has them: calls, pass-through paths, lists of models, embeddings for the cache.
 */
export function sendWithCredentials(send: Send, credentialOf: CredentialOf): Send {
  return async function sendWithKey(provider, request) {
    const asked = credentialOf(provider);
    const key = typeof asked === 'object' && asked !== null ? await asked : asked;
    if (key === provider.apiKey) return send(provider, request);
    return send(provider, {
      ...request,
      headers: { ...request.headers, ...ownAuthorization(provider, key) },
    });
  };
}
