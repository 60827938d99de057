import type { JsonObject } from '../../domain/call.ts';
import type { DocumentPart, ImagePart, TextPart, ToolResultPart, UserMessage } from '../hub/conversation.ts';
import type { RequestContext } from '../hub/translator.ts';
import { callId } from './call-ids.ts';
import { given } from './fields.ts';
import { contentOf, loseCache, textPart, writeParts } from './write-content.ts';

/**
 * User messages that follow each other. Chat wants the results of tools right behind their calls, one message each, so
 * they come first; then the rest, in the client's order.
 */
export function writeUsers(run: readonly UserMessage[], context: RequestContext): JsonObject[] {
  const results = run
    .flatMap(({ content }) => content)
    .filter((part) => part.type === 'tool_result')
    .map((result) => writeResult(result, context));
  return [...results, ...run.flatMap((message) => writeUser(message, context))];
}

/**
 * A tool message is text. A failed call has no mark in Chat: the text says it, and it stays a part of the text when a
 * client reads it again. Pictures and documents follow in a user message, as the model is told here.
 */
function writeResult(result: ToolResultPart, { provider, losses }: RequestContext): JsonObject {
  loseCache(result, losses);
  const { texts, media } = contentsOf(result);
  for (const text of texts) loseCache(text, losses);
  const lines = texts.map(({ text }) => text);
  if (media.length > 0) lines.push('(What is not text follows in the next user message.)');
  const text = lines.join('\n');
  const id = callId(result.callId, provider.chat ?? {});
  return { role: 'tool', tool_call_id: id, content: result.isError ? failed(text) : text };
}

function failed(text: string): string {
  return text === '' ? 'Error' : `Error: ${text}`;
}

function writeUser(message: UserMessage, context: RequestContext): JsonObject[] {
  const parts = message.content.flatMap((part) =>
    part.type === 'tool_result' ? mediaOf(part, context) : writeParts([part], context.losses),
  );
  if (parts.length === 0) return [];
  return [{ role: 'user', content: contentOf(parts), ...given('name', message.name) }];
}

function mediaOf(result: ToolResultPart, { provider, losses }: RequestContext): JsonObject[] {
  const parts = writeParts(contentsOf(result).media, losses);
  if (parts.length === 0) return [];
  const id = callId(result.callId, provider.chat ?? {});
  return [textPart(`From the result of the tool call ${id}:`), ...parts];
}

function contentsOf({ content }: ToolResultPart): {
  readonly texts: readonly TextPart[];
  readonly media: readonly (ImagePart | DocumentPart)[];
} {
  return {
    texts: content.filter((part) => part.type === 'text'),
    media: content.filter((part) => part.type !== 'text'),
  };
}
