import type { JsonObject } from '../../domain/call.ts';
import type { AudioPart, DocumentPart, ImagePart, MediaSource } from '../hub/conversation.ts';
import { FILE_OF_ANOTHER } from '../hub/file-ids.ts';
import type { Losses } from '../hub/losses.ts';

/** Parts of a content (https://ai.google.dev/api/caching#Part) for what is not said in words; none for what cannot be sent. */
export function mediaParts(part: ImagePart | DocumentPart | AudioPart, losses: Losses): JsonObject[] {
  if (part.type === 'audio') return [inlineData(`audio/${part.format}`, part.data)];
  if (part.type === 'image') {
    if (part.detail !== undefined && part.detail !== 'auto') losses.omitted(`${part.at}.detail`);
    return sourceParts(part.source, part.at, losses);
  }
  return documentParts(part, losses);
}

function documentParts(part: DocumentPart, losses: Losses): JsonObject[] {
  const { source, at } = part;
  if (part.citations === true) losses.unsupported(`${at}.citations`, 'it cannot cite documents');
  if (source.kind === 'text') return [{ text: titled(part, source.text) }];
  if (source.kind === 'content') {
    const heading = titled(part, '');
    const parts = source.parts.flatMap((inner) =>
      inner.type === 'text' ? [{ text: inner.text }] : mediaParts(inner, losses),
    );
    return heading === '' ? parts : [{ text: heading }, ...parts];
  }
  if (part.title !== undefined) losses.omitted(`${at}.title`);
  const context = part.context === undefined ? [] : [{ text: part.context }];
  return [...context, ...sourceParts(source, at, losses)];
}

function titled({ title, context }: DocumentPart, text: string): string {
  return [title, context, text].filter((line) => line !== undefined && line !== '').join('\n\n');
}

function sourceParts(source: MediaSource, at: string, losses: Losses): JsonObject[] {
  if (source.kind === 'base64') return [inlineData(source.mediaType, source.data)];
  const uri = source.kind === 'url' ? source.url : source.id;
  if (isGoogleFile(uri)) return [fileData(uri)];
  const why =
    source.kind === 'url'
      ? 'it does not fetch files from the web: send the bytes as base64'
      : FILE_OF_ANOTHER;
  losses.unsupported(at, why);
  return [];
}

/** True for what Google reads by itself: Cloud Storage, and the Files API (https://ai.google.dev/api/files#File). */
export function isGoogleFile(uri: string): boolean {
  return GOOGLE_FILE.test(uri);
}

const GOOGLE_FILE = /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/v\w+\/files\/)/;

function inlineData(mimeType: string, data: string): JsonObject {
  return { inlineData: { mimeType, data } };
}

/** The type may be left out of a file that Google knows already. */
function fileData(fileUri: string): JsonObject {
  const extension = /\.(\w+)$/.exec(fileUri)?.[1]?.toLowerCase() ?? '';
  const mimeType = MIME_TYPES.get(extension);
  return { fileData: mimeType === undefined ? { fileUri } : { fileUri, mimeType } };
}

const MIME_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
]);
