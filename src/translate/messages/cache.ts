import type { JsonObject } from '../../domain/call.ts';
import type { CacheHint } from '../hub/conversation.ts';
import { loseCacheHint } from '../hub/lose.ts';
import type { Losses } from '../hub/losses.ts';

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const MAX_BREAKPOINTS = 4;

export function cacheControl({ ttl }: CacheHint): JsonObject {
  return ttl === '5m' ? { type: 'ephemeral' } : { type: 'ephemeral', ttl };
}

/** A part, or a tool. */
interface Hinted {
  readonly at: string;
  readonly cache?: CacheHint;
}

/** The places of a request up to which the prompt is cached. */
export class Breakpoints {
  readonly #marked: { readonly block: JsonObject; readonly part: Hinted }[] = [];
  readonly #lost: Hinted[] = [];

  /** In the order of the prompt: tools, system, messages. `block`: null where nothing is written of the part. */
  mark(block: JsonObject | null, part: Hinted): void {
    if (part.cache === undefined) return;
    if (block === null) {
      this.#lost.push(part);
      return;
    }
    block.cache_control = cacheControl(part.cache);
    this.#marked.push({ block, part });
  }

  /** Takes the first ones away until no more are left than allowed: a later one covers what is before it. */
  settle(topLevel: boolean, losses: Losses): void {
    const allowed = MAX_BREAKPOINTS - (topLevel ? 1 : 0);
    const tooMany = Math.max(0, this.#marked.length - allowed);
    for (const { block, part } of this.#marked.slice(0, tooMany)) {
      delete block.cache_control;
      loseCacheHint(part, losses);
    }
    for (const part of this.#lost) loseCacheHint(part, losses);
  }
}
