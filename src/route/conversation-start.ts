import type { Call, JsonObject, JsonValue } from '../domain/call.ts';
import { asObject, objectsIn, textOf } from '../json.ts';

/** More of it hardly tells conversations apart, and hashing takes time. */
const LONGEST = 16_384;

/** What stays the same in all turns of a conversation: the instructions and the first words of the user. */
export function conversationStart({ body }: Call): string {
  const { messages, input, system, instructions, prompt } = body.json;
  const items = objectsIn(Array.isArray(messages) ? messages : input);
  const first = items.findIndex(({ role }) => role === 'user');
  const turns = first === -1 ? items.slice(0, 1) : items.slice(0, first + 1);
  const parts = [system, instructions, prompt, items.length === 0 ? input : undefined];
  return [...parts.map(said), ...turns.map(turn)].join('\n').slice(0, LONGEST);
}

function turn({ role, content }: JsonObject): string {
  return `${textOf(role)}: ${said(content)}`;
}

/** The text in a value; what is no text counts by its kind alone. */
function said(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value.slice(0, LONGEST);
  if (!Array.isArray(value)) return '';
  return value.map((part) => (typeof part === 'string' ? part : saidPart(asObject(part)))).join(' ');
}

function saidPart(part: JsonObject | null): string {
  return typeof part?.text === 'string' ? part.text.slice(0, LONGEST) : `[${textOf(part?.type)}]`;
}
