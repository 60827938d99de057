import type { JsonObject } from '../../domain/call.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Conversation, Setting } from './conversation.ts';
import type { Losses } from './losses.ts';
import type { ProviderError, Reply, StreamPart } from './reply.ts';
import type { ToolNames } from './tool-names.ts';

/** What a client speaks. */
export interface ClientTranslator {
  /** What this dialect calls each setting; for the messages to its clients. A setting it has no word for cannot have been said. */
  readonly fieldNames: Readonly<Partial<Record<Setting, string>>>;
  /** @throws GatewayError `invalid_request` with the field, for what is wrong in the dialect itself. */
  readRequest(body: JsonObject): Conversation;
  writeReply(reply: Reply, context: ReplyContext): JsonObject;
  createStreamWriter(context: ReplyContext): StreamWriter;
  /** Body of an answer with status >= 400. */
  writeError(error: ProviderError, requestId: string): JsonObject;
}

/** What a provider speaks. */
export interface ProviderTranslator {
  /** The body for the provider. What it cannot express goes to `losses`. */
  writeRequest(conversation: Conversation, context: RequestContext): JsonObject;
  /** @throws UncarriedAnswer, and any other Error when the body is no answer of the dialect. */
  readReply(body: JsonObject, context: ReadContext): Reply;
  createStreamReader(context: ReadContext): StreamReader;
  /** The failure that a body with status >= 400 tells; a bare one where the body is not understood. */
  readError(status: number, body: JsonObject): ProviderError;
}

export interface RequestContext {
  readonly provider: Provider;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly losses: Losses;
  readonly names: ToolNames;
}

export interface ReadContext {
  readonly provider: Provider;
  readonly names: ToolNames;
}

/** What a writer of answers may know of the call. */
export interface ReplyContext {
  /** The client's own body: what it asked for, and what its dialect echoes. */
  readonly request: JsonObject;
  readonly requestId: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** Makes parts of a provider's events. Never throws: one malformed event is passed over. */
export interface StreamReader {
  /** One event. `name` is that of its `event:` line, empty where it has none. */
  event(name: string, data: string): readonly StreamPart[];
  /**
   * The provider ended its stream. Answers what was held back; a reader whose dialect's terminal event has not come answers
   * no `finish`, which is how a cut is known.
   */
  end(): readonly StreamPart[];
}

/** Makes the bytes of a client's event stream, as text: whole events, each with its blank line. */
export interface StreamWriter {
  /** Empty for nothing. After `finish` and `error` nothing more is written. */
  write(part: StreamPart): string;
}
