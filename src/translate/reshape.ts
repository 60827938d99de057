import type { JsonObject } from '../domain/call.ts';
import type { Provider } from '../domain/provider.ts';
import { asObject, parseObject } from '../json.ts';
import { EventLines } from '../streams/event-lines.ts';
import { CLIENTS, type ConversationEndpoint, NAME_RULES, PROVIDERS } from './dialects.ts';
import { Collected, partsOf } from './hub/collect.ts';
import type { AssistantPart } from './hub/conversation.ts';
import type { Reply } from './hub/reply.ts';
import { ToolNames } from './hub/tool-names.ts';
import type { ReplyContext } from './hub/translator.ts';

/** An answer in a client's dialect, and for whom. */
export interface Reshaping {
  readonly endpoint: ConversationEndpoint;
  readonly provider: Provider;
  readonly context: ReplyContext;
}

/**
 * True when the one form of an answer to this request says all that the other says: one choice, in words and tool calls.
 * Streams have no place for the rest, or none that the hub knows.
 */
export function canReshape({ n, logprobs, top_logprobs, modalities, include }: JsonObject): boolean {
  const more = [logprobs, top_logprobs, modalities].some((value) => value !== undefined && value !== null);
  const asksForLogprobs = Array.isArray(include) && include.includes('message.output_text.logprobs');
  return !more && !asksForLogprobs && (n === undefined || n === null || n === 1);
}

/** A whole answer as the stream that its dialect makes of it; null where it is no answer. */
export function asStream(json: JsonObject, reshaping: Reshaping): string | null {
  const { endpoint, context } = reshaping;
  const reply = readWhole(json, endpoint, reshaping.provider);
  if (reply === null) return null;
  const writer = CLIENTS[endpoint].createStreamWriter(context);
  return partsOf(reply)
    .map((part) => writer.write(part))
    .join('');
}

/** A whole answer in a client's dialect; null where it is none. */
export function readWhole(
  json: JsonObject,
  endpoint: ConversationEndpoint,
  provider: Provider,
): Reply | null {
  try {
    return PROVIDERS[endpoint].readReply(json, readContext(endpoint, provider));
  } catch {
    return null;
  }
}

/** What a stream in a client's dialect amounts to, whether it came to its end or not. */
export function collectStream(
  stream: string,
  endpoint: ConversationEndpoint,
  provider: Provider,
): Pick<Collected, 'id' | 'model' | 'finish' | 'usage' | 'serviceTier'> & {
  readonly content: AssistantPart[];
  readonly last: JsonObject | null;
} {
  const collected = new Collected();
  const reader = PROVIDERS[endpoint].createStreamReader(readContext(endpoint, provider));
  let last: JsonObject | null = null;
  const events = new EventLines((name, data) => {
    if (endpoint === 'responses') last = asObject(parseObject(data)?.response) ?? last;
    for (const part of reader.event(name, data)) collected.add(part);
  });
  for (const line of stream.split(/\r\n|\n|\r/)) events.line(line);
  events.settle();
  for (const part of reader.end()) collected.add(part);
  const { id, model, finish, usage, serviceTier } = collected;
  return { id, model, finish, usage, serviceTier, content: collected.content(), last };
}

/** A stream as the whole answer that it amounts to; null where it did not come to its end. */
export function asWhole(stream: string, reshaping: Reshaping): JsonObject | null {
  const { endpoint, provider, context } = reshaping;
  const { finish, last, serviceTier, ...reply } = collectStream(stream, endpoint, provider);
  if (finish === null) return null;
  // The last event of Responses has the whole answer, in the provider's own words.
  if (last !== null) return last;
  const tier = serviceTier === undefined ? {} : { serviceTier };
  return CLIENTS[endpoint].writeReply({ ...reply, finish, ...tier }, context);
}

/** The names of tools are the client's own already. */
function readContext(endpoint: ConversationEndpoint, provider: Provider) {
  return { provider, names: new ToolNames({ tools: [] }, NAME_RULES[endpoint]) };
}
