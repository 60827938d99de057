import type { JsonObject } from '../../domain/call.ts';
import type { AssistantMessage, Conversation } from '../hub/conversation.ts';
import { loseCacheHints, loseOthers, loseSettings } from '../hub/lose.ts';
import type { Losses } from '../hub/losses.ts';
import type { RequestContext } from '../hub/translator.ts';
import { generationConfig } from './generation-config.ts';
import { modelParts } from './model-parts.ts';
import { toolFields } from './tools.ts';
import { turnsOf } from './turns.ts';
import { userParts } from './user-parts.ts';

/**
 * A GenerateContentRequest (https://ai.google.dev/api/generate-content#request-body). Model and streaming stand in the path.
 *
 * @throws GatewayError `invalid_request` for a tool call without a result, or a result without a call.
 */
export function writeRequest(conversation: Conversation, context: RequestContext): JsonObject {
  loseSettings(conversation, context.losses, [
    ...(['parallelToolCalls', 'logitBias', 'choices', 'verbosity'] as const),
    ...(['serviceTier', 'userId', 'promptCacheKey', 'metadata'] as const),
  ]);
  loseOthers(conversation, context.losses);
  loseNames(conversation, context.losses);
  loseCacheHints(conversation, context.losses);
  const config = generationConfig(conversation, context);
  return {
    ...conversationFields(conversation, context),
    ...toolFields(conversation, context),
    ...(config === null ? {} : { generationConfig: config }),
  };
}

/** Instructions all stand at the top; alone they are the prompt, since there must be one. */
function conversationFields(conversation: Conversation, context: RequestContext): JsonObject {
  const contents = contentsOf(conversation, context);
  loseRoles(conversation, context.losses);
  const instructions = conversation.messages
    .filter((message) => message.role === 'system')
    .flatMap(({ content }) => content)
    .filter(({ text }) => text !== '')
    .map(({ text }) => ({ text }));
  if (instructions.length === 0) return { contents };
  if (contents.length === 0) return { contents: [{ role: 'user', parts: instructions }] };
  return { contents, systemInstruction: { parts: instructions } };
}

/** The place of instructions is lost that stood behind something else. */
function loseRoles({ messages }: Conversation, losses: Losses): void {
  const begun = messages.findIndex(({ role }) => role !== 'system');
  for (const { role, content, at } of begun === -1 ? [] : messages.slice(begun)) {
    if (role === 'system' && content.some(({ text }) => text !== '')) losses.omitted(`${at}.role`);
  }
}

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** A turn of which nothing is left brings two of the other side together. */
function contentsOf(conversation: Conversation, context: RequestContext): JsonObject[] {
  const contents: Content[] = [];
  for (const turn of turnsOf(conversation)) {
    const parts =
      turn.role === 'user'
        ? userParts(turn, context)
        : turn.messages.flatMap((message) => saidParts(message, context));
    const last = contents.at(-1);
    if (last?.role === turn.role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role: turn.role, parts });
  }
  return contents.map(({ role, parts }) => ({ role, parts }));
}

/** Names a message of which nothing is left but what says nothing. */
function saidParts(message: AssistantMessage, context: RequestContext): JsonObject[] {
  const parts = modelParts(message, context);
  const words = message.content.every(({ type }) => type === 'text' || type === 'refusal');
  if (parts.length === 0 && !words) context.losses.omitted(message.at);
  return parts;
}

function loseNames({ messages }: Conversation, losses: Losses): void {
  for (const message of messages) {
    if ('name' in message && message.name !== undefined) losses.omitted(`${message.at}.name`);
  }
}
