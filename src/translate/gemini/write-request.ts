import type { JsonObject } from '../../domain/call.ts';
import type { Conversation, Message } from '../hub/conversation.ts';
import { loseOthers, loseSettings } from '../hub/lose.ts';
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
    ...(['serviceTier', 'userId', 'promptCacheKey', 'metadata', 'cache'] as const),
  ]);
  loseOthers(conversation, context.losses);
  loseHints(conversation, context.losses);
  const config = generationConfig(conversation, context);
  return {
    ...conversationFields(conversation, context),
    ...toolFields(conversation, context),
    ...(config === null ? {} : { generationConfig: config }),
  };
}

/** Instructions all stand at the top, wherever they were; alone they are the prompt, since there must be one. */
function conversationFields(conversation: Conversation, context: RequestContext): JsonObject {
  const contents = contentsOf(conversation, context);
  const instructions = conversation.messages
    .filter((message) => message.role === 'system')
    .flatMap(({ content }) => content)
    .filter(({ text }) => text !== '')
    .map(({ text }) => ({ text }));
  if (instructions.length === 0) return { contents };
  if (contents.length === 0) return { contents: [{ role: 'user', parts: instructions }] };
  return { contents, systemInstruction: { parts: instructions } };
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
        : turn.messages.flatMap((message) => modelParts(message, context));
    const last = contents.at(-1);
    if (last?.role === turn.role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role: turn.role, parts });
  }
  return contents.map(({ role, parts }) => ({ role, parts }));
}

/** Names of speakers, and marks for a cache: Gemini caches by itself. */
function loseHints({ messages, tools }: Conversation, losses: Losses): void {
  for (const message of messages) {
    if ('name' in message && message.name !== undefined) losses.omitted(`${message.at}.name`);
    loseCacheMarks(message.content, losses);
  }
  loseCacheMarks(tools, losses);
}

function loseCacheMarks(
  parts: readonly (Message['content'][number] | Conversation['tools'][number])[],
  losses: Losses,
): void {
  for (const part of parts) {
    if ('cache' in part && part.cache !== undefined) losses.omitted(`${part.at}.cache_control`);
  }
}
