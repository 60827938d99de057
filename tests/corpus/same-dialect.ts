import { type Api, type Exchange, exchanges, type Json } from '../support/corpus.ts';

/** The provider of the gateway that an exchange's dialect belongs to. */
export type Family = 'openai' | 'anthropic';

/** Where the gateway and the provider take a dialect. */
export const ROUTES: Readonly<Partial<Record<Api, { readonly family: Family; readonly path: string }>>> = {
  'openai.chat': { family: 'openai', path: '/v1/chat/completions' },
  'openai.responses': { family: 'openai', path: '/v1/responses' },
  'openai.embeddings': { family: 'openai', path: '/v1/embeddings' },
  'openai.completions': { family: 'openai', path: '/v1/completions' },
  'anthropic.messages': { family: 'anthropic', path: '/v1/messages' },
  'anthropic.count_tokens': { family: 'anthropic', path: '/v1/messages/count_tokens' },
};

/** Exchanges of a dialect. */
export function exchangesOf(api: Api): Exchange[] {
  return exchanges().filter((exchange) => exchange.api === api);
}

/** A chat or completion stream whose client did not ask for usage, which the gateway needs to charge for it. */
export function asksForNoUsage({ api, request: { body } }: Pick<Exchange, 'api' | 'request'>): boolean {
  if (api !== 'openai.chat' && api !== 'openai.completions') return false;
  const options = body.stream_options as { include_usage?: boolean } | null | undefined;
  return body.stream === true && options?.include_usage !== true;
}

const INJECTED = ',"stream_options":{"include_usage":true}';

/** The body that the provider has to get: the client's, but for the request for usage and a `openai/` before the model. */
export function expectedUpstream(exchange: Exchange): string {
  const text = withoutProviderName(exchange.requestText);
  if (!asksForNoUsage(exchange)) return text;
  const end = text.lastIndexOf('}');
  return text.slice(0, end) + INJECTED + text.slice(end);
}

/** `openai/gpt-5` (as OpenRouter calls it) names the gateway's own provider, so the name is taken off, in its place. */
function withoutProviderName(text: string): string {
  const { model } = JSON.parse(text) as { model: string };
  if (!model.startsWith('openai/')) return text;
  return text.replace(
    `"model": ${JSON.stringify(model)}`,
    `"model": ${JSON.stringify(model.slice('openai/'.length))}`,
  );
}

export type ExpectedAnswer =
  /** The gateway's own error in the client's dialect. */
  | { readonly kind: 'error'; readonly status: number }
  | {
      /** Status and bytes as recorded; `broken`: and then an error event. */
      readonly kind: 'same' | 'broken';
      readonly status: number;
      readonly body: string;
      /** The beginning of an event that never ended, which need not be passed on where events are hidden. */
      readonly torn: string;
    };

/** The answer that the client has to get. */
export function expectedAnswer(exchange: Exchange): ExpectedAnswer {
  const { status, headers, sse } = exchange.response;
  if (status >= 500 || status === 401 || status === 402 || status === 403)
    return { kind: 'error', status: 502 };
  if (status < 400 && !isDialectType(headers['content-type'])) return { kind: 'error', status: 502 };
  const kind = sse === undefined || endsAsItShould(exchange.api, sse) ? 'same' : 'broken';
  if (!asksForNoUsage(exchange) || sse === undefined)
    return { kind, status, body: exchange.responseText, torn: '' };
  const events = eventsOf(sse).filter((event) => !isUsageOnly(event));
  const torn = /\n\r?\n$/.test(events.at(-1) ?? '') ? '' : (events.pop() ?? '');
  return { kind, status, body: events.join(''), torn };
}

export function isDialectType(type = ''): boolean {
  return /^(?:application\/json|text\/event-stream)\b/.test(type);
}

/** What each dialect ends a stream with; an error that the provider told by itself is an end, too. */
function endsAsItShould(api: Api, sse: string): boolean {
  const data = Array.from(sse.matchAll(/^data: ?(.*?)\r?$/gm), ([, json = '']) => json);
  // The type is in the data: some providers write no `event:` lines.
  const types = data.map((json) => String(parse(json)?.type));
  switch (api) {
    case 'anthropic.messages':
      return types.includes('message_stop') || types.includes('error');
    case 'openai.responses':
      return types.some((type) => /^(?:response\.(?:completed|incomplete|failed)|error)$/.test(type));
    default:
      return data.includes('[DONE]') || everyChoiceFinished(data) || data.some((json) => parse(json)?.error);
  }
}

function everyChoiceFinished(data: readonly string[]): boolean {
  const finished = new Map<unknown, boolean>();
  for (const { index, finish_reason } of data.flatMap((json) => (parse(json)?.choices ?? []) as Json[])) {
    finished.set(index, typeof finish_reason === 'string' || finished.get(index) === true);
  }
  return finished.size > 0 && [...finished.values()].every(Boolean);
}

/** Null for what is torn. */
function parse(json: string): Json | null {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return null;
  }
}

/** The events with the blank lines that end them; the last may be torn. */
export function eventsOf(sse: string): string[] {
  return sse.split(/(?<=\n\n|\r\n\r\n)/);
}

/** An event that tells the usage and nothing else. */
export function isUsageOnly(event: string): boolean {
  const data = /^data: ?(\{.*\})\s*$/.exec(event)?.[1];
  if (data === undefined) return false;
  const { choices, usage } = parse(data) ?? {};
  return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null;
}

/** A client that streams but does not ask for usage, made of a recording in which it did and was told. */
export function withoutUsageWish(exchange: Exchange): Exchange {
  const { stream_options: _, ...body } = exchange.request.body;
  // Two spaces: again a text that no serializer of the gateway's would make.
  return { ...exchange, request: { ...exchange.request, body }, requestText: JSON.stringify(body, null, 2) };
}

/** The same answer, broken off somewhere: each recording at a place of its own, always the same. */
export function cutShort(exchange: Exchange): Exchange {
  const { id, response, responseText } = exchange;
  const at = Math.floor((Number.parseInt(id.slice(0, 4), 16) / 0x1_0000) * responseText.length);
  const sse = responseText.slice(0, at).replace(/[\uD800-\uDBFF]$/, '');
  return { ...exchange, response: { ...response, sse }, responseText: sse };
}
