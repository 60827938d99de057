import type { JsonObject } from '../../domain/call.ts';
import { asObject } from '../../json.ts';
import type { CacheHint } from '../hub/conversation.ts';

/** The keys of a part or message that say where a cached prefix ends. */
export const CACHE_KEYS = ['cache_control', 'prompt_cache_breakpoint'] as const;

/**
 * Anthropic's `cache_control`, which clients send through Chat too, and OpenAI's `prompt_cache_breakpoint`, whose times to
 * live (`30m`, `12h`) are both nearer to an hour than to five minutes.
 */
export function readCacheHint(object: JsonObject): CacheHint | undefined {
  const control = asObject(object.cache_control);
  if (control !== null) return { ttl: control.ttl === '1h' ? '1h' : '5m' };
  const breakpoint = asObject(object.prompt_cache_breakpoint);
  if (breakpoint === null) return undefined;
  return { ttl: typeof breakpoint.ttl === 'string' ? '1h' : '5m' };
}

/** A hint on a whole message belongs to its last part: what comes after it cannot be in the cached prefix. */
export function withCacheOnLast<T extends { readonly type: string }>(
  parts: readonly T[],
  cache: CacheHint | undefined,
): readonly T[] {
  if (cache === undefined) return parts;
  const last = parts.findLastIndex(({ type }) => type !== 'reasoning');
  return parts.map((part, i) => (i === last ? { ...part, cache } : part));
}
