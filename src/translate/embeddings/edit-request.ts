import type { CallBody } from '../../domain/call.ts';
import { type Member, topLevelMembers } from '../members.ts';
import type { EmbeddingEncoding } from './encoding.ts';

const FIELD = 'encoding_format';

export interface EmbeddingsEdits {
  /** What to put in place of `text.slice(start, end)` of the client's own body. Everything else stays byte for byte. */
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** What the answer has to be converted to; null: the provider can answer as it was asked. */
  readonly convertTo: EmbeddingEncoding | null;
}

/**
 * What a request for embeddings needs before a provider of the same dialect gets it. `encoding_format: null` says nothing,
 * and some servers refuse it. The OpenAI SDKs ask for base64 of their own accord and decode whatever comes, so a provider
 * that ignores it would hand them a fourth of a vector.
 *
 * @param encodings what the provider knows; undefined: nothing is known against either
 */
export function embeddingsEdits(
  { text, json }: Pick<CallBody, 'text' | 'json'>,
  encodings: readonly EmbeddingEncoding[] | undefined,
): EmbeddingsEdits {
  const asked = json[FIELD] ?? null;
  const wanted = asked ?? 'float';
  // Some providers have encodings of their own (Perplexity's base64_int8): they are between them and the client.
  if (wanted !== 'float' && wanted !== 'base64') return { edits: [], convertTo: null };
  const [instead] = encodings === undefined || encodings.includes(wanted) ? [] : encodings;
  const isSaid = json[FIELD] !== undefined;
  if (instead === undefined) {
    return { edits: asked === null && isSaid ? withoutNull(text) : [], convertTo: null };
  }
  return { edits: isSaid ? replaced(text, instead) : added(text, instead), convertTo: wanted };
}

/** A key that is there twice is answered for in every place: some parsers take the first, others the last. */
function withoutNull(text: string): EmbeddingsEdits['edits'] {
  const members = [...topLevelMembers(text)];
  const at = members.findIndex(({ key }) => key === FIELD);
  const member = members[at];
  if (member === undefined || members.filter(({ key }) => key === FIELD).length > 1) {
    return replaced(text, 'float');
  }
  return [{ ...spanOf(text, member, members[at - 1], members.length), text: '' }];
}

/** The member with one of its commas. */
function spanOf(text: string, member: Member, before: Member | undefined, count: number) {
  if (before !== undefined) return { start: before.end, end: member.end };
  const start = text.indexOf('{') + 1;
  return { start, end: count === 1 ? member.end : text.indexOf(',', member.end) + 1 };
}

function replaced(text: string, encoding: EmbeddingEncoding): EmbeddingsEdits['edits'] {
  return [...topLevelMembers(text)]
    .filter(({ key }) => key === FIELD)
    .map(({ start, end }) => ({ start, end, text: `"${encoding}"` }));
}

/** In front: a request has a model and an input, so a comma is always right. */
function added(text: string, encoding: EmbeddingEncoding): EmbeddingsEdits['edits'] {
  const at = text.indexOf('{') + 1;
  return [{ start: at, end: at, text: `"${FIELD}":"${encoding}",` }];
}
