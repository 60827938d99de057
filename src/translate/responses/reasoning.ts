import type { JsonObject } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';
import type { Conversation, ReasoningSettings } from '../hub/conversation.ts';
import { effortOf } from '../hub/effort.ts';
import type { Losses } from '../hub/losses.ts';

/** Between the parts of a summary, which the other dialects show as one text. */
export const PARAGRAPH = '\n\n';

/** What a reasoning item lets a client read: its summary, else the reasoning itself (open models). */
export function reasoningText(item: JsonObject): string {
  const texts = [item.summary, item.content].map((parts) =>
    objectsIn(parts)
      .map((part) => textOf(part.text))
      .join(PARAGRAPH),
  );
  return texts.find((text) => text !== '') ?? '';
}

/**
 * Models that seal their reasoning, by their names. Others answer 400 to the request for it ("Encrypted content is not
 * supported with this model"), and an unknown name may be anything: it is asked only where the client asks for reasoning.
 */
const SEALING_MODEL = /(^|[/.-])(o\d|gpt-[5-9]|codex|grok-[4-9])/i;
/** Open models tell their reasoning instead. */
const NEVER_SEALING = /chat|non-reasoning|gpt-oss/i;

export function wantsEncryptedReasoning(model: string, { reasoning }: Conversation): boolean {
  if (NEVER_SEALING.test(model)) return false;
  const effort = reasoning && effortOf(reasoning);
  return (effort !== undefined && effort !== 'none') || SEALING_MODEL.test(model);
}

/**
 * `reasoning` for a provider; undefined where nothing of it is to be said.
 * Turned off without an effort (Anthropic's `disabled`) has no word that all models take: `none` is a 400 on many.
 */
export function writeReasoning(settings: ReasoningSettings, losses: Losses): JsonObject | undefined {
  const reasoning: JsonObject = {};
  const effort = effortOf(settings);
  if (effort !== undefined) reasoning.effort = effort;
  if (SUMMARIES.has(settings.summary ?? '')) reasoning.summary = settings.summary;
  if (settings.enabled === false && effort === undefined) losses.omitted(losses.nameOf('reasoning'));
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}

const SUMMARIES: ReadonlySet<string> = new Set(['auto', 'concise', 'detailed']);
