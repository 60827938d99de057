import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { readError as readChat, readStreamError as readChatEvent } from './chat/error.ts';
import type { ProviderError } from './hub/reply.ts';
import { readError as readMessages, readErrorEvent as readMessagesEvent } from './messages/error.ts';
import {
  readFailedResponse,
  readError as readResponses,
  readErrorEvent as readResponsesEvent,
} from './responses/error.ts';

/** What a body with status >= 400 says, in a dialect that clients speak. */
export function readRefusal(dialect: Dialect, status: number, body: JsonObject): ProviderError {
  switch (dialect) {
    case 'anthropic-messages':
      return readMessages(status, body);
    case 'openai-responses':
      return readResponses(status, body);
    default:
      return readChat(status, body);
  }
}

/** What a failure says that came with status 200: as an event of a stream, or as a whole body. */
export function readToldFailure(dialect: Dialect, event: JsonObject): ProviderError {
  switch (dialect) {
    case 'anthropic-messages':
      return readMessagesEvent(event);
    case 'openai-responses':
      return event.type === 'response.failed' ? readFailedResponse(event) : readResponsesEvent(event);
    default:
      return readChatEvent(event);
  }
}
