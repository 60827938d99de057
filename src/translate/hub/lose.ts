import type { Conversation, Setting } from './conversation.ts';
import type { Losses } from './losses.ts';

/** Settings that a client cannot hold the answer to: for the books, for a cache, for the provider's queue. */
const HINT_SETTINGS: ReadonlySet<Setting> = new Set([
  'userId',
  'promptCacheKey',
  'serviceTier',
  'metadata',
  'cache',
]);

/** The same among the fields that only one dialect has, by their names there. */
const HINT_FIELDS: ReadonlySet<string> = new Set([
  'store',
  'stream_options',
  'safety_identifier',
  'prompt_cache_retention',
  'include',
  'truncation',
]);

/** Settings that the target has no word for, wherever the client said them. */
export function loseSettings(
  conversation: Conversation,
  losses: Losses,
  settings: readonly Setting[],
  why = 'it has no counterpart there',
): void {
  for (const setting of settings) {
    if (conversation[setting] === undefined) continue;
    if (HINT_SETTINGS.has(setting)) losses.omitted(losses.nameOf(setting));
    else losses.unsupported(losses.nameOf(setting), why);
  }
}

/** What only the client's own dialect has, but for what the target `carries` under the same name. */
export function loseOthers(
  { others }: Conversation,
  losses: Losses,
  carries: ReadonlySet<string> = new Set(),
): void {
  for (const field of Object.keys(others)) {
    if (carries.has(field)) continue;
    if (HINT_FIELDS.has(field)) losses.omitted(field);
    else losses.unsupported(field, 'it has no counterpart there');
  }
}
