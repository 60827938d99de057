import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { numberOf, objectsIn, textOf } from '../../json.ts';
import type { Citation } from '../hub/conversation.ts';

/** `annotations` of a text. One of an unknown type tells nothing that others could show. */
export function readAnnotations(value: JsonValue | undefined): Citation[] {
  return objectsIn(value)
    .map(readAnnotation)
    .filter((citation) => citation !== null);
}

export function readAnnotation(annotation: JsonObject): Citation | null {
  switch (annotation.type) {
    case 'url_citation':
      return urlCitation(annotation);
    case 'file_citation':
    case 'container_file_citation':
    case 'file_path':
      return fileCitation(annotation);
    default:
      return null;
  }
}

function urlCitation({ url, title, start_index, end_index }: JsonObject): Citation {
  const start = numberOf(start_index);
  const end = numberOf(end_index);
  return {
    kind: 'url',
    url: textOf(url),
    title: textOf(title),
    ...(start === null ? {} : { start }),
    ...(end === null ? {} : { end }),
  };
}

/** OpenAI names the file alone, not the place in it. */
function fileCitation({ file_id, filename, index }: JsonObject): Citation {
  return {
    kind: 'document',
    index: numberOf(index) ?? 0,
    title: textOf(filename),
    citedText: '',
    unit: 'char',
    start: 0,
    end: 0,
    fileId: textOf(file_id),
  };
}

/**
 * An annotation for a client. Where the provider marked a whole block as cited (Anthropic), the range is all of the text
 * so far. Pages, blocks and quotes of documents have no place in it.
 */
export function writeAnnotation(citation: Citation, textLength: number): JsonObject {
  if (citation.kind === 'url') {
    const { url, title, start = 0, end = textLength } = citation;
    return { type: 'url_citation', url, title, start_index: start, end_index: end };
  }
  const { fileId = '', title, index } = citation;
  return { type: 'file_citation', file_id: fileId, filename: title, index };
}
