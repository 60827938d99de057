import { catalogueRow, OPENAI_COMPATIBLE } from '../../src/config/catalogue.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { Provider } from '../../src/domain/provider.ts';
import { GatewayError } from '../../src/errors/gateway-error.ts';
import { CLIENTS, NAME_RULES, PROVIDERS } from '../../src/translate/dialects.ts';
import type { Conversation, Tool } from '../../src/translate/hub/conversation.ts';
import { LossList } from '../../src/translate/hub/losses.ts';
import { ToolNames } from '../../src/translate/hub/tool-names.ts';
import type { Json } from '../support/corpus.ts';
import { type ClientWire, objects, text, type Wire } from './translate-meaning.ts';

/** A recorded request as a client of another dialect would have said it. */
export type Rephrased =
  | { readonly body: Json }
  /** The client's dialect has no words for these. */
  | { readonly reasons: readonly string[] };

/** Providers whose dialect is the client's: what its writer makes for them is a request in that dialect. */
type Speakers = Readonly<Record<ClientWire, { readonly provider: Provider; readonly model: string }>>;
const PLAIN: Speakers = {
  chat: { provider: providerLike('openai'), model: 'gpt-4o' },
  responses: { provider: providerLike('openai'), model: 'gpt-4o' },
  messages: { provider: providerLike('anthropic'), model: 'claude-sonnet-4-5' },
};
/** Who wants reasoning asks a model that can. */
const THINKING: Speakers = {
  chat: { ...PLAIN.chat, model: 'gpt-5' },
  responses: { ...PLAIN.responses, model: 'gpt-5' },
  messages: PLAIN.messages,
};

function providerLike(id: string): Provider {
  const { env: _, ...row } = catalogueRow(id) ?? OPENAI_COMPATIBLE;
  return { ...row, baseUrl: row.baseUrl ?? '', apiKey: null, apiKeys: [], transport: 'network' };
}

export function readRecorded(wire: Wire, request: Json): Conversation {
  if (wire !== 'generate_content') return CLIENTS[wire].readRequest(request as JsonObject);
  return { ...GREETING, tools: objects(request.tools).flatMap(geminiTools) };
}

/** @throws GatewayError when the recorded request is no request of its own dialect. */
export function rephrased(
  conversation: Conversation,
  client: ClientWire,
  model: string,
  stream: boolean,
  recorded: Wire,
): Rephrased {
  const losses = new LossList(recorded === 'generate_content' ? {} : CLIENTS[recorded].fieldNames);
  const names = new ToolNames(conversation, NAME_RULES[client]);
  const speaker = conversation.reasoning === undefined ? PLAIN[client] : THINKING[client];
  const written = PROVIDERS[client].writeRequest({ ...conversation, stream }, { ...speaker, losses, names });
  if (losses.unsupportedFields.length > 0)
    return { reasons: losses.unsupportedFields.map(({ field }) => field) };
  const { stream_options: _, ...body } = written;
  const usage = client === 'chat' && stream ? { stream_options: { include_usage: true } } : {};
  return { body: { ...body, ...usage, model, stream } };
}

export const GREETING: Conversation = {
  model: 'm',
  stream: false,
  messages: [
    { role: 'user', at: 'messages[0]', content: [{ type: 'text', text: 'Hi', at: 'messages[0].content' }] },
  ],
  tools: [],
  others: {},
};

function geminiTools(tool: Json): Tool[] {
  return objects(tool.functionDeclarations ?? tool.function_declarations).map((declaration) => ({
    kind: 'function',
    at: 'tools',
    name: text(declaration.name),
    description: text(declaration.description),
    schema: { type: 'object', properties: {} },
    strict: null,
  }));
}

/** The field that a reader refused a request for. */
export function refusedField(error: unknown): string {
  if (!(error instanceof GatewayError)) throw error;
  return error.param ?? error.message;
}
