import type { JsonObject } from '../../domain/call.ts';
import type { CacheHint } from '../hub/conversation.ts';
import { objectAtPath, optional } from './fields.ts';

/** `cache_control` of a block, a tool or a request, as a member to spread. */
export function readCache(owner: JsonObject, at: string): { readonly cache?: CacheHint } {
  const path = at === '' ? 'cache_control' : `${at}.cache_control`;
  const control = optional(owner.cache_control, path, objectAtPath);
  if (control === undefined) return {};
  return { cache: { ttl: control.ttl === '1h' ? '1h' : '5m' } };
}
