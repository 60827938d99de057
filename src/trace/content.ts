import type { Said, SaidMessage, SaidPart } from '../domain/said.ts';
import type { SpanAttributes } from '../ports/telemetry.ts';

/** Characters of what was said that one attribute holds; of a long conversation the last is worth most. */
const MAX_CHARACTERS = 32_768;

/**
 * What was said, as JSON in attributes.
 * @param guard takes out of each text what nobody is to see
 */
export function contentAttributes(
  { instructions, input, output }: Said,
  guard: (text: string) => string,
): SpanAttributes {
  const [system] = bounded([{ role: 'system', parts: instructions }], guard);
  return {
    ...(system === undefined || system.parts.length === 0
      ? {}
      : { 'gen_ai.system_instructions': JSON.stringify(system.parts) }),
    'gen_ai.input.messages': JSON.stringify(bounded(input, guard)),
    ...(output.length === 0 ? {} : { 'gen_ai.output.messages': JSON.stringify(bounded(output, guard)) }),
  };
}

/** From the last message on, as far as there is room. */
function bounded(messages: readonly SaidMessage[], guard: (text: string) => string): SaidMessage[] {
  let left = MAX_CHARACTERS;
  const take = (text: string) => {
    const shown = guard(text).slice(0, left);
    left -= shown.length;
    return shown;
  };
  const kept: SaidMessage[] = [];
  for (const message of messages.toReversed()) {
    if (left <= 0) break;
    kept.push({ ...message, parts: message.parts.map((part) => guarded(part, take)) });
  }
  return kept.toReversed();
}

function guarded(part: SaidPart, take: (text: string) => string): SaidPart {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...part, content: take(part.content) };
    case 'tool_call':
      return { ...part, id: take(part.id), name: take(part.name), arguments: take(part.arguments) };
    case 'tool_call_response':
      return { ...part, id: take(part.id), response: take(part.response) };
    case 'file':
      return part;
  }
}
