import type { JsonObject } from '../../domain/call.ts';
import type { AudioPart, DocumentPart, ImagePart, TextPart } from '../hub/conversation.ts';
import { FILE_OF_ANOTHER, isAnthropicFile } from '../hub/file-ids.ts';
import type { Losses } from '../hub/losses.ts';
import { dataUrl } from './data-url.ts';
import { given } from './fields.ts';

type Content = TextPart | ImagePart | DocumentPart | AudioPart;

/** Parts of a user's message. What Chat has no form of is named in `losses` and left out. */
export function writeParts(parts: readonly Content[], losses: Losses): JsonObject[] {
  return parts.flatMap((part) => writePart(part, losses));
}

/** One text is written as a string: every server takes that. */
export function contentOf(parts: readonly JsonObject[]): string | JsonObject[] {
  const [only] = parts;
  if (only === undefined) return '';
  return parts.length === 1 && typeof only.text === 'string' ? only.text : [...parts];
}

function writePart(part: Content, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [textPart(part.text)];
    case 'image':
      return writeImage(part, losses);
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }];
    case 'document':
      return writeDocument(part, losses);
  }
}

export function textPart(text: string): JsonObject {
  return { type: 'text', text };
}

function writeImage({ source, detail, at }: ImagePart, losses: Losses): JsonObject[] {
  if (source.kind === 'file') {
    losses.unsupported(at, 'images there are sent as data or by URL');
    return [];
  }
  const url = source.kind === 'url' ? source.url : dataUrl(source);
  return [{ type: 'image_url', image_url: { url, ...given('detail', detail) } }];
}

function writeDocument(part: DocumentPart, losses: Losses): JsonObject[] {
  const { source, title, context, citations, at } = part;
  if (citations === true) losses.unsupported(`${at}.citations`, 'documents cannot be cited there');
  const about = context === undefined ? [] : [textPart(context)];
  switch (source.kind) {
    case 'base64':
      // OpenAI takes no data without a name.
      return [
        ...about,
        { type: 'file', file: { filename: title ?? 'document.pdf', file_data: dataUrl(source) } },
      ];
    case 'file':
      if (!isAnthropicFile(source.id)) return [...about, { type: 'file', file: { file_id: source.id } }];
      losses.unsupported(at, FILE_OF_ANOTHER);
      return [];
    case 'text':
      return [...titled(title), ...about, textPart(source.text)];
    case 'content':
      return [...titled(title), ...about, ...writeParts(source.parts, losses)];
    case 'url':
      losses.unsupported(at, 'documents there are sent as data, not by URL');
      return [];
  }
}

function titled(title: string | undefined): JsonObject[] {
  return title === undefined ? [] : [textPart(title)];
}
