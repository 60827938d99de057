import type { Prepared } from '../dispatch.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { Provider } from '../domain/provider.ts';
import { parseObject } from '../json.ts';
import { isConversation } from '../translate/dialects.ts';
import { asStream, asWhole, canReshape, type Reshaping } from '../translate/reshape.ts';

/** A kept answer in the form that this client asked for. */
export type Kept = Pick<Entry, 'contentType' | 'body' | 'chunks'>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One entry serves callers who want a stream and callers who want it whole. Null: it cannot, since it holds what the other
 * form has no way to say.
 * @param provider who answered
 */
export function asAsked(entry: Entry, { call, life }: Prepared, provider: Provider): Kept | null {
  if (entry.kind === (call.stream ? 'event-stream' : 'json')) return entry;
  const { endpoint, body } = call;
  if (!isConversation(endpoint) || !canReshape(body.json)) return null;
  const context = {
    request: { ...body.json, stream_options: { include_usage: true } },
    requestId: life.record.incoming.requestId,
    created: Math.floor(entry.storedAt / 1000),
  };
  const reshaping = { endpoint, provider, context };
  const text = typeof entry.body === 'string' ? entry.body : decoder.decode(entry.body);
  return call.stream ? streamOf(text, reshaping) : wholeOf(text, reshaping);
}

function streamOf(text: string, reshaping: Reshaping): Kept | null {
  const json = parseObject(text);
  const stream = json === null ? null : asStream(json, reshaping);
  if (stream === null) return null;
  const body = encoder.encode(stream);
  return { contentType: 'text/event-stream; charset=utf-8', body, chunks: [body.length] };
}

function wholeOf(text: string, reshaping: Reshaping): Kept | null {
  const json = asWhole(text, reshaping);
  if (json === null) return null;
  return { contentType: 'application/json', body: JSON.stringify(json), chunks: [] };
}
