import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, objectAt, textOf } from '../../json.ts';
import { CONTEXT_LENGTH, saysTooLong } from '../hub/context-length.ts';
import { isOpenAIErrorType, openAIErrorType } from '../hub/openai-error-type.ts';
import type { ProviderError } from '../hub/reply.ts';

/**
 * The failure that a body tells: OpenAI's envelope, xAI's `{code, error: "…"}`, or one whose `error` lies bare
 * (https://platform.openai.com/docs/guides/error-codes/api-errors).
 */
export function readError(status: number, body: JsonObject): ProviderError {
  const error = asObject(body.error) ?? body;
  const message =
    textOf(error.message) ||
    textOf(body.error) ||
    textOf(body.detail) ||
    `The provider answered with status ${status}.`;
  return {
    status,
    type: textOf(error.type),
    code: codeOf({ code: textOrNull(error.code), status, message }),
    message,
    param: textOrNull(error.param),
  };
}

/** Event `error`; OpenAI documents its fields flat and sends them nested. */
export function readErrorEvent(event: JsonObject): ProviderError {
  const error = asObject(event.error) ?? { ...event, type: 'server_error' };
  return readError(statusOf(textOf(error.code) || textOf(error.type)), { error });
}

/** Event `response.failed`. */
export function readFailedResponse(event: JsonObject): ProviderError {
  const error = objectAt(event.response, 'error');
  return readError(statusOf(textOf(error.code)), { error: { type: 'server_error', ...error } });
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  insufficient_quota: 429,
  invalid_prompt: 400,
  invalid_request_error: 400,
  context_length_exceeded: 400,
  server_is_overloaded: 503,
  service_unavailable: 503,
};

/** The status that a failure inside a stream would have had. */
function statusOf(code: string): number {
  return STATUS_OF_CODE[code] ?? 500;
}

/** OpenAI's envelope for a client. */
export function writeError(error: ProviderError): JsonObject {
  const { message, param } = error;
  return { error: { message, type: typeOf(error), param, code: codeOf(error) } };
}

/** Types that OpenAI knows stay; what another family calls its failures is told by the status. */
function typeOf({ type, status }: ProviderError): string {
  return isOpenAIErrorType(type) ? type : openAIErrorType(status);
}

/** Clients shorten their conversation by this code, which others say in words only. */
export function codeOf({
  code,
  status,
  message,
}: Pick<ProviderError, 'code' | 'status' | 'message'>): string | null {
  if (code !== null) return code;
  return (status === 400 || status === 413) && saysTooLong(message) ? CONTEXT_LENGTH : null;
}

/** One of the few codes of `response.error`. */
export function failureCode({ status }: ProviderError): string {
  if (status === 429) return 'rate_limit_exceeded';
  return status >= 500 ? 'server_error' : 'invalid_prompt';
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
