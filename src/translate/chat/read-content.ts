import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { AudioPart, DocumentPart, ImagePart, TextPart } from '../hub/conversation.ts';
import { CACHE_KEYS, readCacheHint } from './cache-hint.ts';
import { readMediaUrl } from './data-url.ts';
import {
  given,
  invalid,
  noteUnknown,
  type Others,
  objectOf,
  optionalText,
  pathOf,
  requiredText,
} from './fields.ts';

export type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart;

/** `content` of a message: a string or parts. Nothing for null. */
export function readContent(value: JsonValue | undefined, at: string, others: Others): ContentPart[] {
  return readParts(value, at, (part, partAt) => readPart(part, partAt, others));
}

/** `content` where only text is allowed (system, developer). */
export function readTextContent(value: JsonValue | undefined, at: string, others: Others): TextPart[] {
  return readParts(value, at, (part, partAt) => {
    if (part.type !== 'text') throw invalid(`${partAt}.type`, 'must be "text" in this message');
    return readText(part, partAt, others);
  });
}

/** A string as one text part, or each part of a list by `read`. */
export function readParts<T>(
  value: JsonValue | undefined,
  at: string,
  read: (part: JsonObject, at: string) => T,
): (T | TextPart)[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [{ type: 'text', text: value, at }];
  if (!Array.isArray(value)) throw invalid(at, 'must be a string or a list of parts');
  return value.map((part, i) => read(objectOf(part, `${at}[${i}]`), `${at}[${i}]`));
}

export function readText(
  part: JsonObject,
  at: string,
  others: Others,
  known: ReadonlySet<string> = TEXT_KEYS,
): TextPart {
  noteUnknown(part, known, at, others);
  return { type: 'text', text: requiredText(part, 'text', at), at, ...given('cache', readCacheHint(part)) };
}

function readPart(part: JsonObject, at: string, others: Others): ContentPart {
  switch (part.type) {
    case 'text':
      return readText(part, at, others);
    case 'image_url':
      return readImage(part, at, others);
    case 'input_audio':
      return readAudio(part, at, others);
    case 'file':
      return readFile(part, at, others);
    default:
      throw invalid(`${at}.type`, 'must be "text", "image_url", "input_audio" or "file"');
  }
}

function readImage(part: JsonObject, at: string, others: Others): ImagePart | DocumentPart {
  noteUnknown(part, IMAGE_KEYS, at, others);
  const imageAt = pathOf(at, 'image_url');
  const image = objectOf(part.image_url, imageAt);
  noteUnknown(image, URL_KEYS, imageAt, others);
  const source = readMediaUrl(requiredText(image, 'url', imageAt));
  if (source === null) throw invalid(`${imageAt}.url`, 'must be an http(s) URL or a base64 data URL');
  const cache = given('cache', readCacheHint(part));
  // Clients that know no `file` part send their PDFs as images.
  if (source.kind === 'base64' && !source.mediaType.startsWith('image/')) {
    return { type: 'document', source, at, ...cache };
  }
  const detail = optionalText(image, 'detail', imageAt);
  return { type: 'image', source, at, ...given('detail', detail === 'auto' ? undefined : detail), ...cache };
}

function readAudio(part: JsonObject, at: string, others: Others): AudioPart {
  noteUnknown(part, AUDIO_KEYS, at, others);
  const audioAt = pathOf(at, 'input_audio');
  const audio = objectOf(part.input_audio, audioAt);
  const format = requiredText(audio, 'format', audioAt);
  const data = requiredText(audio, 'data', audioAt);
  return { type: 'audio', format, data, at, ...given('cache', readCacheHint(part)) };
}

function readFile(part: JsonObject, at: string, others: Others): DocumentPart | ImagePart {
  noteUnknown(part, FILE_KEYS, at, others);
  const fileAt = pathOf(at, 'file');
  const file = objectOf(part.file, fileAt);
  noteUnknown(file, FILE_FIELDS, fileAt, others);
  const source = fileSource(file, fileAt);
  const cache = given('cache', readCacheHint(part));
  if (source.kind === 'base64' && source.mediaType.startsWith('image/')) {
    return { type: 'image', source, at, ...cache };
  }
  return {
    type: 'document',
    source,
    at,
    ...given('title', optionalText(file, 'filename', fileAt)),
    ...cache,
  };
}

function fileSource(file: JsonObject, at: string): Exclude<ImagePart['source'], null> {
  const id = optionalText(file, 'file_id', at);
  if (id !== undefined) return { kind: 'file', id };
  const data = optionalText(file, 'file_data', at);
  if (data === undefined) throw invalid(at, 'must have "file_data" or "file_id"');
  // Bare base64 is taken too: OpenAI's own examples have it beside the data URL, always for a PDF.
  return readMediaUrl(data) ?? { kind: 'base64', mediaType: 'application/pdf', data };
}

const TEXT_KEYS: ReadonlySet<string> = new Set(['type', 'text', ...CACHE_KEYS]);
const IMAGE_KEYS: ReadonlySet<string> = new Set(['type', 'image_url', ...CACHE_KEYS]);
const URL_KEYS: ReadonlySet<string> = new Set(['url', 'detail']);
const AUDIO_KEYS: ReadonlySet<string> = new Set(['type', 'input_audio', ...CACHE_KEYS]);
const FILE_KEYS: ReadonlySet<string> = new Set(['type', 'file', ...CACHE_KEYS]);
const FILE_FIELDS: ReadonlySet<string> = new Set(['file_data', 'file_id', 'filename']);
