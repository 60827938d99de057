import type { JsonObject } from '../../domain/call.ts';
import type { ChatTraits, Provider } from '../../domain/provider.ts';
import type { Conversation, Message, Tool } from '../hub/conversation.ts';
import { LossList } from '../hub/losses.ts';
import type { Reply, StreamPart } from '../hub/reply.ts';
import { partsOfText } from '../hub/testing.ts';
import { OPENAI_NAMES, ToolNames } from '../hub/tool-names.ts';
import type { ReadContext, ReplyContext } from '../hub/translator.ts';
import { CHAT_FIELD_NAMES } from './field-names.ts';
import { chatClient, chatProvider } from './translator.ts';

export function providerWith(chat: ChatTraits = {}, id = 'acme'): Provider {
  return {
    id,
    baseUrl: 'https://acme.example/v1',
    auth: 'bearer',
    paths: { chat: '/chat/completions' },
    models: [],
    streamUsage: 'on-request',
    otelName: 'acme',
    apiKey: null,
    apiKeys: [],
    transport: 'network',
    chat,
  };
}

export const user = (text: string, at = 'messages[0]'): Message => ({
  role: 'user',
  content: [{ type: 'text', text, at: `${at}.content` }],
  at,
});

export function conversationOf(said: Partial<Conversation> = {}): Conversation {
  return { model: 'm', stream: false, messages: [user('hello')], tools: [], others: {}, ...said };
}

export interface Written {
  readonly body: JsonObject;
  readonly messages: JsonObject[];
  readonly unsupported: string[];
  readonly omitted: string[];
}

/** The body for a provider with such traits, and what was lost on the way. */
export function written(
  said: Partial<Conversation>,
  chat: ChatTraits = {},
  { model = 'm', id = 'acme' } = {},
): Written {
  const conversation = conversationOf(said);
  const losses = new LossList(CHAT_FIELD_NAMES);
  const names = new ToolNames(conversation, OPENAI_NAMES);
  const provider = providerWith(chat, id);
  const body = chatProvider.writeRequest(conversation, { provider, model, losses, names });
  return {
    body,
    messages: body.messages as JsonObject[],
    unsupported: losses.unsupportedFields.map(({ field }) => field),
    omitted: losses.omittedFields,
  };
}

export const readContext = (tools: readonly Tool[] = [], id = 'acme'): ReadContext => ({
  provider: providerWith({}, id),
  names: new ToolNames({ tools }, OPENAI_NAMES),
});

export const replyContext = (request: JsonObject = {}): ReplyContext => ({
  request,
  requestId: 'req1',
  created: 1_700_000_000,
});

export const replyOf = (said: Partial<Reply> = {}): Reply => ({
  id: 'chatcmpl-1',
  model: 'acme-1',
  content: [{ type: 'text', text: 'hi', at: '' }],
  finish: { reason: 'stop', stopSequence: null },
  usage: null,
  ...said,
});

/** The parts that the reader makes of an event stream. */
export function partsFromSse(sse: string, context: ReadContext = readContext()): StreamPart[] {
  return partsOfText(sse, chatProvider.createStreamReader(context));
}

/** The parts that the reader makes of chunks, each given as what differs from an empty one; a string goes as it is. */
export function partsOfChunks(
  chunks: readonly (JsonObject | string)[],
  context: ReadContext = readContext(),
): StreamPart[] {
  const data = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : JSON.stringify(chunk)));
  return partsFromSse(data.map((one) => `data: ${one}\n\n`).join(''), context);
}

export const delta = (
  delta: JsonObject,
  finish: string | null = null,
  more: JsonObject = {},
): JsonObject => ({
  id: 'chatcmpl-1',
  model: 'acme-1',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

/** What a client is written of the parts. */
export function sseOf(parts: readonly StreamPart[], request: JsonObject = {}): string {
  const writer = chatClient.createStreamWriter(replyContext(request));
  return parts.map((part) => writer.write(part)).join('');
}

export function chunksIn(sse: string): JsonObject[] {
  return sse
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as JsonObject);
}
