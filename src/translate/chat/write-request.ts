import type { JsonObject } from '../../domain/call.ts';
import type { Conversation } from '../hub/conversation.ts';
import { loseCacheHints, loseOthers } from '../hub/lose.ts';
import type { RequestContext } from '../hub/translator.ts';
import { writeMessages } from './write-messages.ts';
import { writeSettings } from './write-settings.ts';
import { writeTools } from './write-tools.ts';

/** A body of `POST /chat/completions` for the provider, in the words that its row of the catalogue says it knows. */
export function writeRequest(conversation: Conversation, context: RequestContext): JsonObject {
  loseOthers(conversation, context.losses);
  loseCacheHints(conversation, context.losses);
  return {
    model: context.model,
    messages: writeMessages(conversation.messages, context),
    ...writeTools(conversation, context),
    ...writeSettings(conversation, context),
    ...(conversation.stream ? streaming(context) : {}),
  };
}

/** Without usage a stream could not be charged, so it is asked for wherever it does not come by itself. */
function streaming({ provider }: RequestContext): JsonObject {
  if (provider.streamUsage === 'always') return { stream: true };
  return { stream: true, stream_options: { include_usage: true } };
}
