import type { JsonObject } from '../../domain/call.ts';
import type { DocumentPart, ToolResultPart, UserPart } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';
import { writeFile, writeImage } from './media.ts';

type OutsidePart = Exclude<UserPart, ToolResultPart>;

/** Content of a message or output of a tool: plain text where it is no more than that. */
export function writeContent(parts: readonly OutsidePart[], losses: Losses): string | JsonObject[] {
  for (const part of parts) loseHints(part, losses);
  const [only] = parts;
  if (only === undefined) return '';
  if (parts.length === 1 && only.type === 'text') return only.text;
  return parts.flatMap((part) => writePart(part, losses));
}

function writePart(part: OutsidePart, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [inputText(part.text)];
    case 'image':
      return [writeImage(part)];
    case 'document':
      return writeDocument(part, losses);
    case 'audio':
      losses.unsupported(part.at, 'the Responses API takes no audio');
      return [];
  }
}

/** Text goes as text, with its title before it: not every server of this dialect takes text files. */
function writeDocument(
  { source, title, context, citations, at }: DocumentPart,
  losses: Losses,
): JsonObject[] {
  if (citations === true) losses.unsupported(`${at}.citations`, 'documents cannot be cited there');
  const about = context === undefined ? [] : [inputText(context)];
  const heading = title === undefined ? [] : [inputText(title)];
  switch (source.kind) {
    case 'text':
      return [...heading, ...about, inputText(source.text)];
    case 'content':
      return [...heading, ...about, ...source.parts.flatMap((part) => writePart(part, losses))];
    case 'base64':
      return [...about, writeFile(source, title)];
    default:
      return [...heading, ...about, writeFile(source, title)];
  }
}

function inputText(text: string): JsonObject {
  return { type: 'input_text', text };
}

/** OpenAI caches by itself. Citations of old answers are for readers, not for the model. */
export function loseHints(part: OutsidePart, losses: Losses): void {
  if (part.cache !== undefined) losses.omitted(losses.nameOf('cache'));
  if (part.type === 'text' && part.citations !== undefined) losses.omitted(`${part.at}.citations`);
}
