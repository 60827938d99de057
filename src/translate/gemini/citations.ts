import type { JsonObject } from '../../domain/call.ts';
import { numberOf, objectAt, objectsIn, textOf } from '../../json.ts';
import type { Citation } from '../hub/conversation.ts';

type UrlCitation = Extract<Citation, { kind: 'url' }>;
type Span = Pick<UrlCitation, 'start' | 'end'>;

/**
 * Where the statements of a text come from: what a search found (https://ai.google.dev/api/generate-content#GroundingMetadata)
 * and what was recited (https://ai.google.dev/api/generate-content#CitationMetadata).
 */
export function citationsOf(candidate: JsonObject, text: string): Citation[] {
  return [...grounded(objectAt(candidate, 'groundingMetadata'), text), ...recited(candidate, text)];
}

/** The parts of a candidate that tell where its statements come from. */
export function sourcesIn({ groundingMetadata, citationMetadata }: JsonObject): JsonObject {
  return {
    ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
    ...(citationMetadata === undefined ? {} : { citationMetadata }),
  };
}

function grounded(grounding: JsonObject, text: string): Citation[] {
  const sources = objectsIn(grounding.groundingChunks).map(sourceOf);
  const supports = objectsIn(grounding.groundingSupports);
  if (supports.length === 0) return sources.filter((source) => source !== null);
  return supports.flatMap(({ segment, groundingChunkIndices }) => {
    const span = spanOf(objectAt({ segment }, 'segment'), text);
    const indices = Array.isArray(groundingChunkIndices) ? groundingChunkIndices : [];
    return indices
      .map((index) => (typeof index === 'number' ? sources[index] : undefined))
      .filter((source) => source !== null && source !== undefined)
      .map((source) => ({ ...source, ...span }));
  });
}

/** A page, a document of one's own, or a place. */
function sourceOf(chunk: JsonObject): UrlCitation | null {
  const [source] = ['web', 'retrievedContext', 'maps'].map((kind) => objectAt(chunk, kind)).filter(hasUri);
  return source === undefined ? null : citation(source);
}

function recited(candidate: JsonObject, text: string): Citation[] {
  const seen = new Set<string>();
  return objectsIn(objectAt(candidate, 'citationMetadata').citations)
    .filter(hasUri)
    .map((source) => ({ ...citation(source), ...spanOf(source, text) }))
    .filter((found) => {
      const key = `${found.url} ${found.start} ${found.end}`;
      return !seen.has(key) && seen.add(key);
    });
}

function hasUri({ uri }: JsonObject): boolean {
  return textOf(uri) !== '';
}

function citation({ uri, title }: JsonObject): UrlCitation {
  return { kind: 'url', url: textOf(uri), title: textOf(title) };
}

/** Google counts bytes of UTF-8, and leaves out a start of 0. The text of the segment decides where the counts are off. */
function spanOf({ startIndex, endIndex, text: quoted }: JsonObject, text: string): Span {
  const endByte = numberOf(endIndex);
  if (endByte === null) return {};
  const bytes = new TextEncoder().encode(text);
  const start = decode(bytes.subarray(0, numberOf(startIndex) ?? 0)).length;
  const end = decode(bytes.subarray(0, endByte)).length;
  const segment = textOf(quoted);
  if (segment === '' || text.slice(start, end) === segment) return { start, end };
  const found = text.indexOf(segment);
  return found === -1 ? {} : { start: found, end: found + segment.length };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
