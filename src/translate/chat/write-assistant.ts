import type { JsonObject } from '../../domain/call.ts';
import type { AssistantMessage, AssistantPart, ToolCallPart } from '../hub/conversation.ts';
import { wrapCustomInput } from '../hub/custom-tools.ts';
import type { RequestContext } from '../hub/translator.ts';
import { callId } from './call-ids.ts';
import { given } from './fields.ts';
import { withThoughts, writeReasoning } from './write-reasoning.ts';

/**
 * Assistant messages that follow each other. They are written as one where one of them calls tools or reasons, since the
 * results must stand right behind all calls of a turn; else each for itself.
 */
export function writeAssistants(run: readonly AssistantMessage[], context: RequestContext): JsonObject[] {
  const together = run.some(({ content }) =>
    content.some(({ type }) => type === 'tool_call' || type === 'reasoning'),
  );
  const groups = together ? [run] : run.map((message) => [message]);
  return groups.map((group) => writeAssistant(group, context)).filter((message) => message !== null);
}

/** Null where nothing is left to say: who had more to say than words is named. */
function writeAssistant(group: readonly AssistantMessage[], context: RequestContext): JsonObject | null {
  const parts = group.flatMap(({ content }) => content);
  for (const part of parts) loseUnsaid(part, context);
  const calls = parts.filter((part) => part.type === 'tool_call').map((part) => writeCall(part, context));
  const { text, refusal } = wordsOf(group, context);
  const reasoning = writeReasoning(parts, context);
  if (text === null && refusal === null && calls.length === 0) {
    for (const { content, at } of group) if (!content.every(isWords)) context.losses.omitted(at);
    return null;
  }
  return {
    role: 'assistant',
    content: withThoughts(text, reasoning.thoughts),
    ...given('refusal', refusal ?? undefined),
    ...given('name', group.find(({ name }) => name !== undefined)?.name),
    ...reasoning.fields,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function isWords({ type }: AssistantPart): boolean {
  return type === 'text' || type === 'refusal';
}

/** Texts of one message go on where the one before ended (citations cut them anywhere); messages are paragraphs. */
function wordsOf(
  group: readonly AssistantMessage[],
  { provider }: RequestContext,
): { readonly text: string | null; readonly refusal: string | null } {
  const refusalField = provider.chat?.takes?.includes('refusal') === true;
  const said = group.map(({ content }) => joined(content, refusalField ? ['text'] : ['text', 'refusal']));
  const refused = refusalField ? group.map(({ content }) => joined(content, ['refusal'])) : [];
  return { text: paragraphs(said), refusal: paragraphs(refused) };
}

function joined(content: readonly AssistantPart[], types: readonly AssistantPart['type'][]): string {
  return content.map((part) => (types.includes(part.type) && 'text' in part ? part.text : '')).join('');
}

function paragraphs(texts: readonly string[]): string | null {
  const some = texts.filter((text) => text !== '');
  return some.length === 0 ? null : some.join('\n\n');
}

function writeCall(part: ToolCallPart, { provider, names }: RequestContext): JsonObject {
  const args = part.kind === 'custom' ? wrapCustomInput(part.arguments) : part.arguments || '{}';
  return {
    id: callId(part.id, provider.chat ?? {}),
    type: 'function',
    function: { name: names.sent(part.name), arguments: args },
  };
}

/** What an assistant's message of Chat has no place for. */
function loseUnsaid(part: AssistantPart, { losses }: RequestContext): void {
  if (part.type === 'document') losses.unsupported(part.at, 'an assistant message holds no documents there');
  if (part.type === 'server_tool') losses.omitted(part.at);
  if (part.type === 'text' && part.citations !== undefined) losses.omitted(`${part.at}.citations`);
}
