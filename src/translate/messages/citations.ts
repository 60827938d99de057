import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, numberOf, objectsIn, textOf } from '../../json.ts';
import type { Citation } from '../hub/conversation.ts';

type DocumentUnit = Extract<Citation, { kind: 'document' }>['unit'];

/** https://platform.claude.com/docs/en/build-with-claude/citations */
const UNITS: Readonly<Record<DocumentUnit, { type: string; start: string; end: string }>> = {
  char: { type: 'char_location', start: 'start_char_index', end: 'end_char_index' },
  page: { type: 'page_location', start: 'start_page_number', end: 'end_page_number' },
  block: { type: 'content_block_location', start: 'start_block_index', end: 'end_block_index' },
};
const UNIT_NAMES: readonly DocumentUnit[] = ['char', 'page', 'block'];

/** Anthropic cites with a whole text block, so that a citation of a web page spans all of its `length`. */
export function readCitations(value: JsonValue | undefined, length: number): Citation[] {
  return objectsIn(value).flatMap((citation) => readCitation(citation, length) ?? []);
}

function readCitation(citation: JsonObject, length: number): Citation | null {
  const title = textOf(citation.title);
  const citedText = textOf(citation.cited_text);
  const span = { start: 0, end: length };
  if (citation.type === 'web_search_result_location') {
    return { kind: 'url', url: textOf(citation.url), title, citedText, ...span };
  }
  if (citation.type === 'search_result_location') {
    return { kind: 'url', url: textOf(citation.source), title, citedText, ...span };
  }
  const unit = UNIT_NAMES.find((name) => UNITS[name].type === citation.type);
  return unit === undefined ? null : readDocumentCitation(citation, unit);
}

function readDocumentCitation(citation: JsonObject, unit: DocumentUnit): Citation {
  const { start, end } = UNITS[unit];
  const fileId = textOf(citation.file_id);
  return {
    kind: 'document',
    index: numberOf(citation.document_index) ?? 0,
    title: textOf(citation.document_title),
    citedText: textOf(citation.cited_text),
    unit,
    start: numberOf(citation[start]) ?? 0,
    end: numberOf(citation[end]) ?? 0,
    ...(fileId === '' ? {} : { fileId }),
  };
}

export function writeCitation(citation: Citation): JsonObject {
  if (citation.kind === 'url') {
    const { url, title, citedText = '' } = citation;
    // The index is Anthropic's own secret: nobody else can make one.
    return { type: 'web_search_result_location', url, title, cited_text: citedText, encrypted_index: '' };
  }
  const { type, start, end } = UNITS[citation.unit];
  return {
    type,
    cited_text: citation.citedText,
    document_index: citation.index,
    document_title: citation.title,
    [start]: citation.start,
    [end]: citation.end,
    file_id: citation.fileId ?? null,
  };
}

/** True when a block asks for citations of itself. */
export function asksForCitations(block: JsonObject): boolean {
  return asObject(block.citations)?.enabled === true;
}
