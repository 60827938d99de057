import type { JsonObject } from '../../domain/call.ts';
import type { CacheHint } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const MAX_BREAKPOINTS = 4;

export function cacheControl({ ttl }: CacheHint): JsonObject {
  return ttl === '5m' ? { type: 'ephemeral' } : { type: 'ephemeral', ttl };
}

/** The places of a request up to which the prompt is cached. */
export class Breakpoints {
  readonly #marked: { readonly block: JsonObject; readonly at: string }[] = [];

  /** In the order of the prompt: tools, system, messages. */
  mark(block: JsonObject, cache: CacheHint | undefined, at: string): void {
    if (cache === undefined) return;
    block.cache_control = cacheControl(cache);
    this.#marked.push({ block, at });
  }

  /** Takes the first ones away until no more are left than allowed: a later one covers what is before it. */
  settle(topLevel: boolean, losses: Losses): void {
    const allowed = MAX_BREAKPOINTS - (topLevel ? 1 : 0);
    const tooMany = Math.max(0, this.#marked.length - allowed);
    for (const { block, at } of this.#marked.slice(0, tooMany)) {
      delete block.cache_control;
      losses.omitted(`${at}.cache_control`);
    }
  }
}
