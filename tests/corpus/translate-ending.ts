import type { Exchange, Json } from '../support/corpus.ts';
import { isDialectType } from './same-dialect.ts';
import { dataOf } from './translate-assemble.ts';
import { objects, text, type Wire } from './translate-meaning.ts';

/** What a client is to get for a recording. */
export type Ending =
  | { readonly kind: 'answer' | 'broken'; readonly status: 200 }
  /** `message` is a part of what it is told. */
  | { readonly kind: 'error'; readonly status: number; readonly message: string };

export function endingOf(wire: Wire, exchange: Exchange): Ending {
  const { status, headers, sse, body } = exchange.response;
  const isKeys = CREDENTIAL.has(status) || (wire === 'generate_content' && /API key/.test(messageOf(body)));
  if (status >= 500 || isKeys || (status < 400 && !isDialectType(headers['content-type'])))
    return { kind: 'error', status: 502, message: 'The provider' };
  if (status >= 400) return { kind: 'error', status, message: messageOf(body) };
  if (body !== undefined && body[ANSWER_FIELD[wire]] === undefined)
    return { kind: 'error', status: 502, message: 'The provider' };
  return { kind: sse === undefined || isWhole(exchange.api, sse) ? 'answer' : 'broken', status: 200 };
}

/** The gateway's key is not the client's business; Gemini tells of it with a 400. */
const CREDENTIAL: ReadonlySet<number> = new Set([401, 402, 403]);

/** Some recordings are of another dialect than they are said to be. */
const ANSWER_FIELD: Readonly<Record<Wire, string>> = {
  chat: 'choices',
  responses: 'output',
  messages: 'content',
  generate_content: 'candidates',
};

function messageOf(body: unknown): string {
  const [first] = [body].flat() as Json[];
  return text(((first?.error ?? first ?? {}) as Json).message).slice(0, 60);
}

/** What each dialect ends a stream with. */
function isWhole(api: Exchange['api'], sse: string): boolean {
  const events = dataOf(sse);
  const types = events.map(({ type }) => text(type));
  switch (api) {
    case 'anthropic.messages':
      return types.includes('message_stop') && !startsTwice(events);
    case 'openai.responses':
      return types.some((type) => /^response\.(?:completed|incomplete)$/.test(type));
    case 'gemini.generateContent':
      return events.some(({ candidates }) =>
        objects(candidates).some(({ finishReason }) => finishReason !== undefined),
      );
    default:
      return events.some(({ choices }) =>
        objects(choices).some(({ finish_reason }) => typeof finish_reason === 'string'),
      );
  }
}

/** A second answer within the first, as proxies make it that start over: what was said so far is void. */
function startsTwice(events: readonly Json[]): boolean {
  const answer = events.slice(
    0,
    events.findIndex(({ type }) => type === 'message_stop'),
  );
  const starts = answer.filter(({ type }) => type === 'message_start');
  return new Set(starts.map(({ message }) => ((message ?? {}) as Json).id)).size > 1;
}

/** A stream of Responses whose deltas are not the text that its own end repeats, as recordings edited by hand are. */
export function contradictsItself({ api, response: { sse } }: Exchange): boolean {
  if (api !== 'openai.responses' || sse === undefined) return false;
  const texts = new Map<string, string>();
  return dataOf(sse).some(({ type, item_id, content_index, delta, text: whole }) => {
    const key = `${item_id} ${content_index}`;
    if (type === 'response.output_text.delta') texts.set(key, (texts.get(key) ?? '') + text(delta));
    return type === 'response.output_text.done' && texts.has(key) && texts.get(key) !== whole;
  });
}
