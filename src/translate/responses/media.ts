import type { JsonObject } from '../../domain/call.ts';
import type { DocumentPart, ImagePart, MediaSource } from '../hub/conversation.ts';
import { invalid, textAt } from './fields.ts';

type Inline = Extract<MediaSource, { kind: 'base64' }>;

/** `input_image`. A PDF in it is a document: some clients know no other place for one. */
export function readImage(part: JsonObject, at: string): ImagePart | DocumentPart {
  const id = textAt(part, 'file_id', `${at}.file_id`);
  const url = textAt(part, 'image_url', `${at}.image_url`);
  if (url === undefined && id === undefined) throw invalid(at, 'needs an "image_url" or a "file_id"');
  const source = url === undefined ? fileSource(id ?? '') : sourceOf(url, `${at}.image_url`);
  if (source.kind === 'base64' && !source.mediaType.startsWith('image/')) {
    return { type: 'document', source, at };
  }
  const detail = textAt(part, 'detail', `${at}.detail`);
  return { type: 'image', source, at, ...(detail === undefined || detail === 'auto' ? {} : { detail }) };
}

/** `input_file`. */
export function readFile(part: JsonObject, at: string): DocumentPart {
  const title = textAt(part, 'filename', `${at}.filename`);
  return { type: 'document', source: fileSourceOf(part, at), at, ...(title === undefined ? {} : { title }) };
}

function fileSourceOf(part: JsonObject, at: string): MediaSource {
  const data = textAt(part, 'file_data', `${at}.file_data`);
  if (data !== undefined) return inlineFile(data, textAt(part, 'filename', `${at}.filename`) ?? '');
  const url = textAt(part, 'file_url', `${at}.file_url`);
  if (url !== undefined) return sourceOf(url, `${at}.file_url`);
  const id = textAt(part, 'file_id', `${at}.file_id`);
  if (id !== undefined) return fileSource(id);
  throw invalid(at, 'needs a "file_data", a "file_url" or a "file_id"');
}

function sourceOf(url: string, at: string): MediaSource {
  if (!url.startsWith('data:')) return { kind: 'url', url };
  const source = parseDataUrl(url);
  if (source === null) throw invalid(at, 'is a data URL without base64');
  return source;
}

function fileSource(id: string): MediaSource {
  return { kind: 'file', id };
}

/** Bare base64 is taken too: then the name tells what it is. */
function inlineFile(data: string, filename: string): Inline {
  const source = parseDataUrl(data);
  if (source !== null) return source;
  const extension = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return { kind: 'base64', mediaType: MEDIA_TYPES[extension] ?? 'application/pdf', data };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  csv: 'text/csv',
  json: 'application/json',
};

/** RFC 2397, base64 alone. No regular expression: the text may have megabytes. */
function parseDataUrl(url: string): Inline | null {
  const comma = url.indexOf(',');
  if (!url.startsWith('data:') || comma === -1) return null;
  const [mediaType = '', ...parameters] = url.slice('data:'.length, comma).toLowerCase().split(';');
  if (parameters.at(-1) !== 'base64') return null;
  return { kind: 'base64', mediaType, data: url.slice(comma + 1) };
}

/** `input_image` for a provider. */
export function writeImage({ source, detail }: Pick<ImagePart, 'source' | 'detail'>): JsonObject {
  const image: JsonObject = { type: 'input_image', ...imageSource(source) };
  if (detail !== undefined) image.detail = detail;
  return image;
}

function imageSource(source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { image_url: dataUrl(source) };
    case 'url':
      return { image_url: source.url };
    case 'file':
      return { file_id: source.id };
  }
}

/** `input_file` for a provider. Inline files need a name (https://platform.openai.com/docs/guides/pdf-files). */
export function writeFile(source: MediaSource, title: string | undefined): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { type: 'input_file', filename: filenameOf(source, title), file_data: dataUrl(source) };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'file':
      return { type: 'input_file', file_id: source.id };
  }
}

/** OpenAI judges a file by the end of its name. */
function filenameOf({ mediaType }: Inline, title = 'document'): string {
  if (/\.[A-Za-z0-9]{1,5}$/.test(title)) return title;
  const known = Object.entries(MEDIA_TYPES).find(([, type]) => type === mediaType);
  return known === undefined ? title : `${title}.${known[0]}`;
}

function dataUrl({ mediaType, data }: Inline): string {
  return `data:${mediaType};base64,${data}`;
}
