import type { JsonObject } from '../../domain/call.ts';
import { objectAt, textOf } from '../../json.ts';
import { CONTEXT_LENGTH, saysTooLong } from '../hub/context-length.ts';
import type { ProviderError } from '../hub/reply.ts';

/** https://platform.claude.com/docs/en/api/errors */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const TYPE_OF_STATUS = new Map(Object.entries(STATUS_OF_TYPE).map(([type, status]) => [status, type]));

/** The failure in an error body, or in the event of one that came within a stream. */
export function readError(status: number, body: JsonObject): ProviderError {
  const error = objectAt(body, 'error');
  const type = textOf(error.type) || (TYPE_OF_STATUS.get(status) ?? 'api_error');
  const message = textOf(error.message) || `The provider answered with status ${status}.`;
  const known = textOf(objectAt(error, 'details').error_code);
  const tooLong = type === 'invalid_request_error' && saysTooLong(message);
  return { status, type, code: tooLong ? CONTEXT_LENGTH : known || null, message, param: null };
}

/** The same for an event: it has no status but that of its type. */
export function readErrorEvent(event: JsonObject): ProviderError {
  return readError(STATUS_OF_TYPE[textOf(objectAt(event, 'error').type)] ?? 500, event);
}

export function writeError(error: ProviderError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: { type: typeOfStatus(error.status), message: messageOf(error) },
    request_id: requestId,
  };
}

function typeOfStatus(status: number): string {
  if (status === 503) return 'overloaded_error';
  if (status === 408) return 'timeout_error';
  return TYPE_OF_STATUS.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

/** Clients such as Claude Code know by these words that they have to shorten the conversation. */
function messageOf({ code, message }: ProviderError): string {
  return code === CONTEXT_LENGTH && !/prompt is too long/i.test(message)
    ? `prompt is too long: ${message}`
    : message;
}
