import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { numberOf, objectAt, objectsIn, textOf } from '../../json.ts';
import type { Citation } from '../hub/conversation.ts';
import { given } from './fields.ts';

/** `annotations` of a message: https://platform.openai.com/docs/guides/tools-web-search#output-and-citations */
export function readAnnotations(value: JsonValue | undefined): Citation[] {
  return objectsIn(value)
    .filter(({ type }) => type === 'url_citation')
    .map((annotation) => {
      const { url, title, start_index, end_index } = objectAt(annotation, 'url_citation');
      const start = given('start', numberOf(start_index) ?? undefined);
      return {
        kind: 'url',
        url: textOf(url),
        title: textOf(title),
        ...start,
        ...given('end', numberOf(end_index) ?? undefined),
      };
    });
}

/** Pages that some providers list beside the answer, without saying which words rest on which. */
export function readSources({ search_results, citations }: JsonObject): Citation[] {
  const results = objectsIn(search_results).map((result) => ({
    url: textOf(result.url),
    title: textOf(result.title),
  }));
  const urls = Array.isArray(citations) ? citations.map((url) => ({ url: textOf(url), title: '' })) : [];
  const sources = results.length > 0 ? results : urls;
  return sources.filter(({ url }) => url !== '').map((source) => ({ kind: 'url', ...source }));
}

/**
 * Annotations of a text that stands at `from` (to `to`) in the whole `content`. A citation without offsets is one of all
 * of its text. Places in documents have no form in Chat: they are left out.
 */
export function annotationsOf(citations: readonly Citation[], from: number, to: number): JsonObject[] {
  return citations.flatMap((citation) => {
    if (citation.kind !== 'url') return [];
    const { url, title, start, end } = citation;
    return [
      {
        type: 'url_citation',
        url_citation: {
          url,
          title,
          start_index: start === undefined ? from : from + start,
          end_index: end === undefined ? to : from + end,
        },
      },
    ];
  });
}
