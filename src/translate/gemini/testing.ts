import type { JsonObject } from '../../domain/call.ts';
import type { Provider } from '../../domain/provider.ts';
import type { AssistantPart, Conversation, Message, UserPart } from '../hub/conversation.ts';
import { LossList } from '../hub/losses.ts';
import { GEMINI_NAMES, ToolNames } from '../hub/tool-names.ts';
import type { ReadContext } from '../hub/translator.ts';
import { writeRequest } from './write-request.ts';

export const GOOGLE: Provider = {
  id: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  auth: 'none',
  paths: {},
  models: [],
  streamUsage: 'always',
  otelName: 'gcp.gemini',
  apiKey: null,
  apiKeys: [],
  transport: 'network',
};
export const VERTEX: Provider = {
  ...GOOGLE,
  baseUrl: 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google',
};

export function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    model: 'm',
    stream: false,
    messages: [user({ type: 'text', text: 'Hi', at: 'messages[0].content' })],
    tools: [],
    others: {},
    ...fields,
  };
}

export function user(...content: UserPart[]): Message {
  return { role: 'user', content, at: 'messages[0]' };
}

export function assistant(...content: AssistantPart[]): Message {
  return { role: 'assistant', content, at: 'messages[1]' };
}

export interface Written {
  readonly body: JsonObject;
  /** The fields that were lost, with why. */
  readonly unsupported: Readonly<Record<string, string>>;
  readonly omitted: readonly string[];
}

/** What a conversation becomes; field names are those of a Chat client. */
export function write(
  fields: Partial<Conversation> = {},
  model = 'gemini-2.5-flash',
  provider: Provider = GOOGLE,
): Written {
  const losses = new LossList({
    stop: 'stop',
    reasoning: 'reasoning_effort',
    responseFormat: 'response_format',
    topLogprobs: 'top_logprobs',
    choices: 'n',
    parallelToolCalls: 'parallel_tool_calls',
    logitBias: 'logit_bias',
    userId: 'user',
    cache: 'cache_control',
  });
  const said = conversation(fields);
  const names = new ToolNames(said, GEMINI_NAMES);
  const body = writeRequest(said, { provider, model, losses, names });
  return {
    body,
    unsupported: Object.fromEntries(losses.unsupportedFields.map(({ field, why }) => [field, why])),
    omitted: losses.omittedFields,
  };
}

export function readContext(fields: Partial<Conversation> = {}): ReadContext {
  return { provider: GOOGLE, names: new ToolNames(conversation(fields), GEMINI_NAMES) };
}
