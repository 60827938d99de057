import type { Provider } from '../domain/provider.ts';
import type { Clock } from '../ports/clock.ts';
import { requestHeaders } from './request-headers.ts';
import type { Send } from './send.ts';

const FRESH_MS = 60_000;
const DEADLINE_MS = 2_000;
const MAX_BYTES = 1 << 20;

/**
 * Asks a provider for its models, at most once a minute. For servers of one's own (vLLM, Ollama), whose models no
 * catalogue can know. A provider that does not answer has none to offer for now.
 */
export function createDiscoverModels(
  send: Send,
  clock: Clock,
): (provider: Provider) => Promise<readonly string[]> {
  const known = new Map<string, { until: number; models: Promise<readonly string[]> }>();
  return (provider) => {
    const entry = known.get(provider.id);
    if (entry !== undefined && entry.until > clock.now()) return entry.models;
    const models = ask(send, clock, provider).catch(() => []);
    known.set(provider.id, { until: clock.now() + FRESH_MS, models });
    return models;
  };
}

async function ask(send: Send, clock: Clock, provider: Provider): Promise<readonly string[]> {
  const abort = new AbortController();
  const cancel = clock.after(DEADLINE_MS, () => abort.abort());
  try {
    const headers = requestHeaders({
      provider,
      client: { get: () => null },
      clientCredential: null,
      apiKey: provider.apiKey,
      contentType: null,
    });
    const url = `${provider.baseUrl}/models`;
    const reply = await send(provider, { method: 'GET', url, headers, body: null, signal: abort.signal });
    const body: unknown = JSON.parse(new TextDecoder().decode(await reply.collect(MAX_BYTES)));
    return idsOf(body);
  } finally {
    cancel();
  }
}

function idsOf(body: unknown): string[] {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : null;
  if (!Array.isArray(data)) return [];
  return data.flatMap((model: unknown) => {
    const id = typeof model === 'object' && model !== null && 'id' in model ? model.id : null;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
}
