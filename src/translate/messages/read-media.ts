import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { DocumentPart, ImagePart, MediaSource, TextPart } from '../hub/conversation.ts';
import { asksForCitations } from './citations.ts';
import { invalid, listAt, objectAtPath, optional, textAt } from './fields.ts';
import { readCache } from './read-cache.ts';

export function readImage(block: JsonObject, at: string): ImagePart {
  return {
    type: 'image',
    source: readSource(objectAtPath(block.source, `${at}.source`), `${at}.source`),
    at,
    ...readCache(block, at),
  };
}

export function readDocument(block: JsonObject, at: string): DocumentPart {
  const title = optional(block.title, `${at}.title`, textAt);
  const context = optional(block.context, `${at}.context`, textAt);
  return {
    type: 'document',
    source: readDocumentSource(objectAtPath(block.source, `${at}.source`), `${at}.source`),
    at,
    ...(title === undefined ? {} : { title }),
    ...(context === undefined ? {} : { context }),
    ...(asksForCitations(block) ? { citations: true } : {}),
    ...readCache(block, at),
  };
}

/** A result of the client's own search: a document that comes in pieces, from an address. */
export function readSearchResult(block: JsonObject, at: string): DocumentPart {
  return {
    type: 'document',
    source: { kind: 'content', parts: readPieces(block.content, `${at}.content`) },
    at,
    title: textAt(block.title, `${at}.title`),
    context: textAt(block.source, `${at}.source`),
    ...(asksForCitations(block) ? { citations: true } : {}),
    ...readCache(block, at),
  };
}

function readDocumentSource(source: JsonObject, at: string): DocumentPart['source'] {
  switch (source.type) {
    case 'text':
      return { kind: 'text', text: textAt(source.data, `${at}.data`) };
    case 'content':
      return typeof source.content === 'string'
        ? { kind: 'text', text: source.content }
        : { kind: 'content', parts: readPieces(source.content, `${at}.content`) };
    default:
      return readSource(source, at);
  }
}

function readSource(source: JsonObject, at: string): MediaSource {
  switch (source.type) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: textAt(source.media_type, `${at}.media_type`),
        data: textAt(source.data, `${at}.data`),
      };
    case 'url':
      return { kind: 'url', url: textAt(source.url, `${at}.url`) };
    case 'file':
      return { kind: 'file', id: textAt(source.file_id, `${at}.file_id`) };
    default:
      return invalid(`${at}.type`, 'must be a kind of source that the Messages API has');
  }
}

function readPieces(value: JsonValue | undefined, at: string): (TextPart | ImagePart)[] {
  return listAt(value, at).map((item, i) => {
    const path = `${at}[${i}]`;
    const block = objectAtPath(item, path);
    if (block.type === 'text') return { type: 'text', text: textAt(block.text, `${path}.text`), at: path };
    if (block.type === 'image') return readImage(block, path);
    return invalid(`${path}.type`, 'must be "text" or "image"');
  });
}
