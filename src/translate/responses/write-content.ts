import type { JsonObject } from '../../domain/call.ts';
import type { DocumentPart, ImagePart, ToolResultPart, UserPart } from '../hub/conversation.ts';
import { FILE_OF_ANOTHER, isAnthropicFile } from '../hub/file-ids.ts';
import type { Losses } from '../hub/losses.ts';
import { writeFile, writeImage } from './media.ts';

type OutsidePart = Exclude<UserPart, ToolResultPart>;

/** Content of a message or output of a tool: plain text where it is no more than that, empty where nothing is left. */
export function writeContent(parts: readonly OutsidePart[], losses: Losses): string | JsonObject[] {
  for (const part of parts) loseCitations(part, losses);
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'text') return only.text;
  const written = parts.flatMap((part) => writePart(part, losses));
  return written.length === 0 ? '' : written;
}

function writePart(part: OutsidePart, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [inputText(part.text)];
    case 'image':
      return isForeign(part, losses) ? [] : [writeImage(part)];
    case 'document':
      return writeDocument(part, losses);
    case 'audio':
      losses.unsupported(part.at, 'the Responses API takes no audio');
      return [];
  }
}

/** Text goes as text, with its title before it: not every server of this dialect takes text files. */
function writeDocument(part: DocumentPart, losses: Losses): JsonObject[] {
  const { source, title, context, citations, at } = part;
  if (isForeign(part, losses)) return [];
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

/** A file that lives at a provider of another family. */
function isForeign({ source, at }: ImagePart | DocumentPart, losses: Losses): boolean {
  if (source.kind !== 'file' || !isAnthropicFile(source.id)) return false;
  losses.unsupported(at, FILE_OF_ANOTHER);
  return true;
}

function inputText(text: string): JsonObject {
  return { type: 'input_text', text };
}

/** Citations of old answers are for readers, not for the model. */
export function loseCitations(part: OutsidePart, losses: Losses): void {
  if (part.type === 'text' && part.citations !== undefined) losses.omitted(`${part.at}.citations`);
}
