import type { JsonObject } from '../../domain/call.ts';
import type { Provider } from '../../domain/provider.ts';
import { EventLines } from '../../streams/event-lines.ts';
import type { AssistantPart, Conversation, Message, Tool } from '../hub/conversation.ts';
import { LossList } from '../hub/losses.ts';
import type { Reply, StreamPart } from '../hub/reply.ts';
import { partsOfText } from '../hub/testing.ts';
import { OPENAI_NAMES, ToolNames } from '../hub/tool-names.ts';
import type { ReadContext, ReplyContext } from '../hub/translator.ts';
import { responsesClient, responsesProvider } from './translator.ts';

export const provider: Provider = {
  id: 'acme',
  baseUrl: 'https://acme.example/v1',
  auth: 'bearer',
  paths: { responses: '/responses' },
  models: [],
  streamUsage: 'always',
  otelName: 'acme',
  apiKey: null,
  apiKeys: [],
  transport: 'network',
};

export const user = (text: string, at = 'messages[0]'): Message => ({
  role: 'user',
  content: [{ type: 'text', text, at: `${at}.content` }],
  at,
});

export const assistant = (content: AssistantPart[], at = 'messages[1]'): Message => ({
  role: 'assistant',
  content,
  at,
});

/** What a client said, for a provider: the body and what was lost on the way. */
export function written(said: Partial<Conversation>, model = 'gpt-4.1') {
  const conversation = {
    model: 'm',
    stream: false,
    messages: [user('hello')],
    tools: [],
    others: {},
    ...said,
  };
  const losses = new LossList({ stop: 'stop_sequences', topK: 'top_k', cache: 'cache_control' });
  const names = new ToolNames(conversation, OPENAI_NAMES);
  const body = responsesProvider.writeRequest(conversation, { provider, model, losses, names });
  return {
    body,
    input: body.input as JsonObject[],
    unsupported: losses.unsupportedFields.map(({ field }) => field),
    omitted: losses.omittedFields,
  };
}

export const readContext = (tools: readonly Tool[] = []): ReadContext => ({
  provider,
  names: new ToolNames({ tools }, OPENAI_NAMES),
});

export const replyContext = (request: JsonObject = {}): ReplyContext => ({
  request,
  requestId: 'req1',
  created: 1_700_000_000,
});

export const replyOf = (said: Partial<Reply> = {}): Reply => ({
  id: 'msg_9',
  model: 'claude-x',
  content: [{ type: 'text', text: 'hi', at: '' }],
  finish: { reason: 'stop', stopSequence: null },
  usage: null,
  ...said,
});

/** The parts that the reader makes of an event stream. */
export function partsFromSse(sse: string, context: ReadContext = readContext()): StreamPart[] {
  return partsOfText(sse, responsesProvider.createStreamReader(context));
}

/** The same of events. */
export function partsOfEvents(...events: JsonObject[]): StreamPart[] {
  return partsFromSse(
    events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  );
}

/** What a client is written of the parts. */
export function sseOf(parts: readonly StreamPart[], request: JsonObject = {}): string {
  const writer = responsesClient.createStreamWriter(replyContext(request));
  return parts.map((part) => writer.write(part)).join('');
}

export function eventsIn(sse: string): JsonObject[] {
  const events: JsonObject[] = [];
  const lines = new EventLines((name, data) => {
    const event = JSON.parse(data) as JsonObject;
    if (event.type !== name) throw new Error(`the event "${name}" says that it is "${String(event.type)}"`);
    events.push(event);
  });
  for (const line of sse.split('\n')) lines.line(line);
  return events;
}
