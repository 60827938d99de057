import type { Call, JsonObject } from '../domain/call.ts';
import type { Target, UpstreamEndpoint } from '../domain/provider.ts';
import type { ReplyFacts } from '../domain/reply-facts.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { withServiceTier } from '../usage/service-tier.ts';
import {
  CLIENTS,
  type ConversationEndpoint,
  type ConversationUpstream,
  NAME_RULES,
  PROVIDERS,
  upstreamsFor,
} from './dialects.ts';
import { geminiPath } from './gemini/translator.ts';
import { partsOf } from './hub/collect.ts';
import type { Conversation } from './hub/conversation.ts';
import { withExactField } from './hub/exact-json.ts';
import { LossList, settleLosses } from './hub/losses.ts';
import type { ProviderError, Reply } from './hub/reply.ts';
import { ToolNames } from './hub/tool-names.ts';
import type { ReplyContext, StreamReader, StreamWriter } from './hub/translator.ts';
import { messagesVersion } from './messages/translator.ts';

/** Makes the client's answer of what the provider answers. One for each call. */
export interface Translation {
  /** @throws Error when the body is no answer of the provider's dialect. */
  readAnswer(body: JsonObject, text: string): TranslatedAnswer;
  /** null: the answer never is a stream. */
  readonly createStream: (() => { readonly reader: StreamReader; readonly writer: StreamWriter }) | null;
  /** What a refusal says, an answer with status >= 400: some dialects say it better than their status does. */
  readRefusal(status: number, body: JsonObject): ProviderError;
  /** The body of a refusal in the client's dialect. */
  writeRefusal(error: ProviderError): JsonObject;
}

/** A whole answer, to be written as it was asked for. */
export interface TranslatedAnswer {
  readonly usage: Usage | null;
  readonly facts: ReplyFacts;
  /** A filter cut in before the model said anything: it may be that of this provider alone. */
  readonly isFiltered: boolean;
  json(): JsonObject;
  /** As the client's event stream. */
  events(): string;
}

export interface TranslatedCall {
  /** The dialect that the provider is asked in. */
  readonly upstream: UpstreamEndpoint;
  readonly request: {
    /** Below the provider's base URL. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Fields of the client's that were left out, for `x-llm-edge-dropped`. */
  readonly dropped: readonly string[];
  readonly translation: Translation;
}

export interface TranslateOptions {
  readonly dropUnsupported: boolean;
  /** The answer is to have the usage in it, whether or not this client asked for it. */
  readonly shared: boolean;
  readonly requestId: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A client's conversation, read once for whatever provider it goes to. @throws GatewayError `invalid_request` */
export function readConversation(call: Call, endpoint: ConversationEndpoint): Conversation {
  const { json, text } = call.body;
  return refusingDepth(() =>
    CLIENTS[endpoint].readRequest(endpoint === 'messages' ? withExactField(json, text, 'messages') : json),
  );
}

/** Schemas and arguments are walked level by level, and clients choose the levels: the stack is the limit. */
function refusingDepth<T>(walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new GatewayError(
      'invalid_request',
      'The body is nested too deeply to be translated for this model.',
    );
  }
}

/**
 * The call in a dialect of its target: the first that can carry all of it, else the first.
 * @throws GatewayError `invalid_request` naming what the target cannot be asked for.
 */
export function translateCall(
  call: Call,
  endpoint: ConversationEndpoint,
  conversation: Conversation,
  target: Target,
  options: TranslateOptions,
): TranslatedCall {
  const drafts = upstreamsFor(endpoint, target.provider.paths).map(
    (upstream) => () => draft(conversation, endpoint, upstream, target),
  );
  const chosen = refusingDepth(() => firstWhole(drafts));
  if (chosen === null) {
    throw new GatewayError('invalid_request', `The provider "${target.provider.id}" cannot chat.`, {
      param: 'model',
    });
  }
  const place = { provider: target.provider.id, model: target.model };
  const dropped = settleLosses(chosen.losses, place, options.dropUnsupported);
  refuseNothing(chosen.body, place, dropped);
  const { json } = call.body;
  const request = options.shared ? { ...json, stream_options: { include_usage: true } } : json;
  const context = { request, requestId: options.requestId, created: options.created };
  const translation = createTranslation(endpoint, chosen.upstream, target, chosen.names, context);
  const sent = {
    path: pathOf(chosen.upstream, target, conversation.stream),
    headers: chosen.upstream === 'messages' ? { 'anthropic-version': messagesVersion(conversation) } : {},
    body: refusingDepth(() => JSON.stringify(chosen.body)),
  };
  return { upstream: chosen.upstream, request: sent, dropped, translation };
}

/** @throws GatewayError `invalid_request` where what was left out was all that there was. */
function refuseNothing(
  { messages, input, contents, instructions }: JsonObject,
  { provider, model }: { readonly provider: string; readonly model: string },
  dropped: readonly string[],
): void {
  const [first] = dropped;
  const isEmpty = [messages, input, contents].some((list) => Array.isArray(list) && list.length === 0);
  if (first === undefined || !isEmpty || instructions !== undefined) return;
  throw new GatewayError(
    'invalid_request',
    `Nothing is left of the conversation for the model "${model}" of "${provider}": it cannot be asked for ${dropped.map((field) => `"${field}"`).join(', ')}.`,
    { param: first },
  );
}

/** Gemini names model and manner in the path, the others in the body. */
function pathOf(upstream: ConversationUpstream, { provider, model }: Target, stream: boolean): string {
  const path = provider.paths[upstream] ?? '';
  return upstream === 'generate_content' ? path + geminiPath(model, stream) : path;
}

interface Draft {
  readonly upstream: ConversationUpstream;
  readonly body: JsonObject;
  readonly losses: LossList;
  readonly names: ToolNames;
}

function draft(
  conversation: Conversation,
  endpoint: ConversationEndpoint,
  upstream: ConversationUpstream,
  { provider, model }: Target,
): Draft {
  const losses = new LossList(CLIENTS[endpoint].fieldNames);
  const names = new ToolNames(conversation, NAME_RULES[upstream]);
  const body = PROVIDERS[upstream].writeRequest(conversation, { provider, model, losses, names });
  return { upstream, body, losses, names };
}

function firstWhole(drafts: readonly (() => Draft)[]): Draft | null {
  let first: Draft | null = null;
  for (const make of drafts) {
    const made = make();
    if (made.losses.unsupportedFields.length === 0) return made;
    first ??= made;
  }
  return first;
}

function createTranslation(
  endpoint: ConversationEndpoint,
  upstream: ConversationUpstream,
  { provider }: Target,
  names: ToolNames,
  context: ReplyContext,
): Translation {
  const client = CLIENTS[endpoint];
  const source = PROVIDERS[upstream];
  const read = { provider, names };
  return {
    readAnswer(body, text) {
      const exact = upstream === 'messages' ? withExactField(body, text, 'content') : body;
      const reply = source.readReply(exact, read);
      return {
        usage: withServiceTier(reply.usage, reply.serviceTier),
        facts: {
          id: reply.id || null,
          model: reply.model || null,
          finishReasons: [reply.finish.reason],
        },
        isFiltered: reply.finish.reason === 'content_filter' && reply.content.length === 0,
        json: () => client.writeReply(reply, context),
        events: () => eventsOf(reply, client.createStreamWriter(context)),
      };
    },
    createStream: () => ({
      reader: source.createStreamReader(read),
      writer: client.createStreamWriter(context),
    }),
    readRefusal: (status, body) => source.readError(status, body),
    writeRefusal: (error) => client.writeError(error, context.requestId),
  };
}

function eventsOf(reply: Reply, writer: StreamWriter): string {
  return partsOf(reply)
    .map((part) => writer.write(part))
    .join('');
}
