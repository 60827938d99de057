import type { JsonValue } from '../../domain/call.ts';
import { asObject } from '../../json.ts';
import type { CacheHint, Conversation, Setting } from './conversation.ts';
import type { Losses } from './losses.ts';
import { withInner } from './parts.ts';

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
  'prompt_cache_options',
  'include',
  'truncation',
  'context_management',
  'diagnostics',
  // OpenRouter's wish for the usage, which comes with every answer of the gateway.
  'usage',
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
  for (const [field, value] of Object.entries(others)) {
    if (carries.has(field)) continue;
    if (HINT_FIELDS.has(field)) losses.omitted(field);
    else losses.unsupported(field, whyNot(field, value));
  }
}

/** Hints for a cache, each by its place: for targets that cache by themselves, or not at all. */
export function loseCacheHints({ cache, tools, messages }: Conversation, losses: Losses): void {
  if (cache !== undefined) losses.omitted(losses.nameOf('cache'));
  for (const tool of tools) loseCacheHint(tool, losses);
  for (const part of messages.flatMap(({ content }) => content.flatMap(withInner))) {
    loseCacheHint(part, losses);
  }
}

export function loseCacheHint(
  part: { readonly at: string; readonly cache?: CacheHint },
  losses: Losses,
): void {
  if (part.cache !== undefined) losses.omitted(`${part.at}.${losses.nameOf('cache')}`);
}

function whyNot(field: string, value: JsonValue): string {
  if (STATE_FIELDS.has(field) || isStateItem(field, value)) return STATE_ELSEWHERE;
  return field === 'background'
    ? 'such an answer lives at the provider that made it'
    : 'it has no counterpart there';
}

const STATE_ELSEWHERE =
  'it refers to state that lives at the provider that made it: send the whole conversation instead';

/** Of the Responses API. */
const STATE_FIELDS: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'prompt']);

/** An item of the Responses API's input that only the provider that made it can read. */
function isStateItem(field: string, value: JsonValue): boolean {
  const type = asObject(value)?.type ?? 'item_reference';
  return field.startsWith('input[') && (type === 'item_reference' || type === 'compaction');
}
