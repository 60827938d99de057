import type { JsonObject } from '../../domain/call.ts';
import type { DocumentPart, ImagePart, MediaSource, TextPart } from '../hub/conversation.ts';
import { FILE_OF_ANOTHER, isAnthropicFile } from '../hub/file-ids.ts';
import type { Losses } from '../hub/losses.ts';

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
/** Kinds of text that are known by other names than `text/…`. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/xml', 'application/yaml']);

/** The block, or null where the API has no form of it. */
export function writeImage({ source, detail, at }: ImagePart, losses: Losses): JsonObject | null {
  if (source.kind === 'base64' && !IMAGE_TYPES.has(mediaTypeOf(source))) {
    losses.unsupported(at, `it takes no images of the type ${mediaTypeOf(source)}`);
    return null;
  }
  const written = writeSource(source, at, losses);
  if (written === null) return null;
  if (detail !== undefined && detail !== 'auto') losses.omitted(`${at}.detail`);
  return { type: 'image', source: written };
}

export function writeDocument(part: DocumentPart, losses: Losses): JsonObject | null {
  const source = writeDocumentSource(part, losses);
  if (source === null) return null;
  return {
    type: 'document',
    source,
    ...(part.title === undefined ? {} : { title: part.title }),
    ...(part.context === undefined ? {} : { context: part.context }),
    ...(part.citations === true ? { citations: { enabled: true } } : {}),
  };
}

function writeDocumentSource({ source, at }: DocumentPart, losses: Losses): JsonObject | null {
  switch (source.kind) {
    case 'text':
      return plainText(source.text);
    case 'content':
      return writePieces(source.parts, at, losses);
    case 'base64':
      return writeFile(source, at, losses);
    default:
      return writeSource(source, at, losses);
  }
}

/** A document of which nothing is left is none. */
function writePieces(
  parts: readonly (TextPart | ImagePart)[],
  at: string,
  losses: Losses,
): JsonObject | null {
  const content = parts.flatMap((part) => writePiece(part, losses));
  if (content.length > 0) return { type: 'content', content };
  losses.omitted(at);
  return null;
}

function writePiece(part: TextPart | ImagePart, losses: Losses): JsonObject[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
  const image = writeImage(part, losses);
  return image === null ? [] : [image];
}

/** Of a file's bytes the API takes PDFs, and plain text as text. */
function writeFile(
  source: Extract<MediaSource, { kind: 'base64' }>,
  at: string,
  losses: Losses,
): JsonObject | null {
  const mediaType = mediaTypeOf(source);
  if (mediaType === 'application/pdf') {
    return { type: 'base64', media_type: mediaType, data: source.data };
  }
  const text = mediaType.startsWith('text/') || TEXT_TYPES.has(mediaType) ? decoded(source.data) : null;
  if (text !== null) return plainText(text);
  losses.unsupported(at, `it takes PDFs and texts, and this is ${mediaType}`);
  return null;
}

function writeSource(source: MediaSource, at: string, losses: Losses): JsonObject | null {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: mediaTypeOf(source), data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      if (isAnthropicFile(source.id)) return { type: 'file', file_id: source.id };
      losses.unsupported(at, FILE_OF_ANOTHER);
      return null;
  }
}

function plainText(data: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data };
}

/** Without parameters; `image/jpg` is a common slip. */
function mediaTypeOf({ mediaType }: { readonly mediaType: string }): string {
  const bare = mediaType.split(';', 1).join('').trim().toLowerCase();
  return bare === 'image/jpg' ? 'image/jpeg' : bare;
}

function decoded(base64: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
