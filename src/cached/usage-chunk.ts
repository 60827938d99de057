import { isUsageOnlyChunk } from '../account/stream-usage/stream-reader.ts';
import type { Prepared } from '../dispatch.ts';
import type { Provider } from '../domain/provider.ts';
import { asObject } from '../json.ts';

/**
 * A shared stream has the usage in it, which only some of those who share it asked for. Where a provider tells it to
 * everybody, everybody may have it.
 * @param provider who answered
 * @returns what tells the chunk that this client is not to get; null: it gets all.
 */
export function hidesUsage({ call }: Prepared, provider: Provider): ((data: string) => boolean) | null {
  if (call.dialect !== 'openai-chat' && call.dialect !== 'openai-completions') return null;
  if (asObject(call.body.json.stream_options)?.include_usage === true) return null;
  const { paths, streamUsage } = provider;
  const toldToAll = paths[call.endpoint] !== undefined && streamUsage === 'always';
  return toldToAll ? null : isUsageOnlyChunk;
}
