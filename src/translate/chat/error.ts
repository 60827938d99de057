import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, numberOf, objectsIn, textOf } from '../../json.ts';
import { CONTEXT_LENGTH, saysTooLong } from '../hub/context-length.ts';
import { openAIErrorType } from '../hub/openai-error-type.ts';
import type { ProviderError } from '../hub/reply.ts';

/** OpenAI's envelope: https://platform.openai.com/docs/guides/error-codes */
export function writeError({ status, code, message, param }: ProviderError): JsonObject {
  return {
    error: {
      message,
      type: openAIErrorType(status),
      param,
      code: isTooLong(code, message) ? CONTEXT_LENGTH : code,
    },
  };
}

function isTooLong(code: string | null, message: string): boolean {
  return code === CONTEXT_LENGTH || saysTooLong(message);
}

/**
 * The failure in a body. Beside OpenAI's envelope there are a bare text as `error`, FastAPI's `detail` (Mistral), and
 * vLLM's and Cerebras' fields without an envelope.
 */
export function readError(status: number, body: JsonObject): ProviderError {
  const error = asObject(body.error) ?? (body.object === 'error' || body.error === undefined ? body : {});
  const message = textOf(error.message) || textOf(body.error) || detailOf(body.detail);
  const type = textOf(error.type);
  const code = codeOf(error.code, type);
  return {
    status,
    type: type || openAIErrorType(status),
    code: isTooLong(code, `${type} ${message}`) ? CONTEXT_LENGTH : code,
    message: message || `The provider answered with status ${status}.`,
    param: typeof error.param === 'string' ? error.param : null,
  };
}

/** Some repeat the status as the code, which tells nobody anything. */
function codeOf(code: JsonValue | undefined, type: string): string | null {
  if (typeof code === 'string' && code !== '' && !/^\d+$/.test(code)) return code;
  return type === 'invalid_api_key' ? type : null;
}

function detailOf(detail: JsonValue | undefined): string {
  if (typeof detail === 'string') return detail;
  const messages = objectsIn(detail).map(({ loc, msg }) =>
    [Array.isArray(loc) ? loc.join('.') : '', textOf(msg)].filter((text) => text !== '').join(': '),
  );
  return messages.join('; ');
}

/** A failure told inside a stream, with the status that it would have had. */
export function readStreamError(event: JsonObject): ProviderError {
  const error = asObject(event.error) ?? event;
  const status = [error.code, error.status, error.status_code]
    .map((value) => numberOf(typeof value === 'string' ? Number(value) : value))
    .find((value) => value !== null && value >= 400 && value <= 599);
  return readError(status ?? statusOfType(textOf(error.type) || textOf(error.code)), event);
}

function statusOfType(type: string): number {
  if (/rate_limit/.test(type)) return 429;
  if (/overloaded|unavailable/.test(type)) return 503;
  if (/timeout/.test(type)) return 504;
  return /invalid_request|context_length/.test(type) ? 400 : 500;
}
