import type { Provider } from '../domain/provider.ts';
import type { Clock } from '../ports/clock.ts';
import { requestHeaders } from './request-headers.ts';
import type { Send } from './send.ts';

const DEADLINE_MS = 2_000;
const NO_HEADERS = { get: () => null };

/** Whether a provider answers at all. What is asked for is its list of models, which costs nothing. Never rejects. */
export type IsWell = (provider: Provider) => Promise<boolean>;

export function createIsWell(send: Send, clock: Clock): IsWell {
  return async function isWell(provider) {
    const abort = new AbortController();
    const cancel = clock.after(DEADLINE_MS, () => abort.abort());
    const { apiKey, baseUrl } = provider;
    const own = { provider, client: NO_HEADERS, clientCredential: null, apiKey, contentType: null };
    const request = { method: 'GET', url: `${baseUrl}/models`, headers: requestHeaders(own), body: null };
    try {
      const reply = await send(provider, { ...request, signal: abort.signal });
      reply.discard();
      return reply.status < 500;
    } catch {
      return false;
    } finally {
      cancel();
    }
  };
}
