import type { JsonObject } from '../../domain/call.ts';
import type { Provider } from '../../domain/provider.ts';
import { parseObject } from '../../json.ts';
import type { Conversation, Message } from '../hub/conversation.ts';
import { LossList } from '../hub/losses.ts';
import type { StreamPart } from '../hub/reply.ts';
import { partsOfText as partsOfStream } from '../hub/testing.ts';
import { ANTHROPIC_NAMES, ToolNames } from '../hub/tool-names.ts';
import type { ReadContext, ReplyContext } from '../hub/translator.ts';
import { messagesClient, messagesProvider } from './translator.ts';

/** What the tests of this folder share. */

export const provider: Provider = {
  id: 'anthropic',
  baseUrl: 'https://provider.invalid',
  auth: 'x-api-key',
  paths: { messages: '/v1/messages' },
  models: ['claude-'],
  streamUsage: 'always',
  otelName: 'anthropic',
  apiKey: null,
  apiKeys: [],
  transport: 'network',
};

export const replyContext: ReplyContext = { request: {}, requestId: 'req_1', created: 1 };

export function conversationOf(parts: Partial<Conversation>): Conversation {
  return { model: 'm', stream: false, messages: [user('hi')], tools: [], others: {}, ...parts };
}

export function user(text: string, at = 'messages[0]'): Message {
  return { role: 'user', content: [{ type: 'text', text, at: `${at}.content` }], at };
}

export function assistant(text: string, at: string): Message {
  return { role: 'assistant', content: [{ type: 'text', text, at: `${at}.content` }], at };
}

export function system(text: string, at: string): Message {
  return { role: 'system', origin: 'system', content: [{ type: 'text', text, at: `${at}.content` }], at };
}

/** Chat's words for the settings, as a client of another dialect has them. */
const CHAT_NAMES = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  toolChoice: 'tool_choice',
  responseFormat: 'response_format',
  reasoning: 'reasoning_effort',
  userId: 'user',
  serviceTier: 'service_tier',
  cache: 'cache_control',
} as const;

export interface Written {
  readonly body: JsonObject;
  readonly unsupported: readonly string[];
  readonly omitted: readonly string[];
}

/** A request for a Claude that takes all there is, unless another model is named. */
export function write(parts: Partial<Conversation>, model = 'claude-sonnet-4-5'): Written {
  const conversation = conversationOf(parts);
  const losses = new LossList(CHAT_NAMES);
  const names = new ToolNames(conversation, ANTHROPIC_NAMES);
  const body = messagesProvider.writeRequest(conversation, { provider, model, losses, names });
  return {
    body,
    unsupported: losses.unsupportedFields.map(({ field }) => field),
    omitted: losses.omittedFields,
  };
}

export function readContext(conversation: Partial<Conversation> = {}): ReadContext {
  return { provider, names: new ToolNames(conversationOf(conversation), ANTHROPIC_NAMES) };
}

/** The parts that a reader makes of the text of a stream. */
export function partsOfText(text: string, context = readContext()): StreamPart[] {
  return partsOfStream(text, messagesProvider.createStreamReader(context));
}

/** A stream of events whose names are their types. */
export function eventText(...events: readonly JsonObject[]): string {
  return events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** The text that a writer makes of parts. */
export function textOfParts(parts: readonly StreamPart[]): string {
  const writer = messagesClient.createStreamWriter(replyContext);
  return parts.map((part) => writer.write(part)).join('');
}

/** The events in a text. @throws Error at anything that is no whole event with its name. */
export function eventsOf(text: string): JsonObject[] {
  if (text === '') return [];
  return text
    .replace(/\n\n$/, '')
    .split('\n\n')
    .map((block) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.+)$/.exec(block) ?? [];
      const event = parseObject(data);
      if (event === null || event.type !== name) throw new Error(`not an event: ${block}`);
      return event;
    });
}
