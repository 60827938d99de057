import type { JsonObject } from '../../domain/call.ts';
import type { ToolResultPart, UserMessage } from '../hub/conversation.ts';
import type { RequestContext } from '../hub/translator.ts';
import { callId } from './call-ids.ts';
import { given } from './fields.ts';
import { contentOf, textPart, writeParts } from './write-content.ts';

/**
 * User messages that follow each other. Chat wants the results of tools right behind their calls, one message each, so
 * they come first; then the rest, in the client's order.
 */
export function writeUsers(run: readonly UserMessage[], context: RequestContext): JsonObject[] {
  const results = run.flatMap(({ content }) => content).filter((part) => part.type === 'tool_result');
  const media: Media = new Map(results.map((result) => [result, mediaOf(result, context)]));
  return [
    ...results.map((result) => writeResult(result, media, context)),
    ...run.flatMap((message) => writeUser(message, media, context)),
  ];
}

/** What is not text of the results of tools. */
type Media = ReadonlyMap<ToolResultPart, readonly JsonObject[]>;

/**
 * A tool message is text. A failed call has no mark in Chat: the text says it, and it stays a part of the text when a
 * client reads it again. Pictures and documents follow in a user message, as the model is told here.
 */
function writeResult(result: ToolResultPart, media: Media, { provider }: RequestContext): JsonObject {
  const lines = result.content.filter((part) => part.type === 'text').map(({ text }) => text);
  if (media.get(result)?.length) lines.push('(What is not text follows in the next user message.)');
  const text = lines.join('\n');
  const id = callId(result.callId, provider.chat ?? {});
  return { role: 'tool', tool_call_id: id, content: result.isError ? failed(text) : text };
}

function failed(text: string): string {
  return text === '' ? 'Error' : `Error: ${text}`;
}

/** Nothing where nothing is left of it, which is named. */
function writeUser(message: UserMessage, media: Media, { losses }: RequestContext): JsonObject[] {
  const { content, name, at } = message;
  const parts = content.flatMap((part) =>
    part.type === 'tool_result' ? (media.get(part) ?? []) : writeParts([part], losses),
  );
  if (parts.length > 0) return [{ role: 'user', content: contentOf(parts), ...given('name', name) }];
  if (content.length > 0 && !content.some(({ type }) => type === 'tool_result')) losses.omitted(at);
  return [];
}

function mediaOf(result: ToolResultPart, { provider, losses }: RequestContext): JsonObject[] {
  const parts = writeParts(
    result.content.filter((part) => part.type !== 'text'),
    losses,
  );
  if (parts.length === 0) return [];
  const id = callId(result.callId, provider.chat ?? {});
  return [textPart(`From the result of the tool call ${id}:`), ...parts];
}
