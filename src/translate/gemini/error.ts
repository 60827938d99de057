import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, numberOf, objectAt, objectsIn, textOf } from '../../json.ts';
import { CONTEXT_LENGTH, saysTooLong } from '../hub/context-length.ts';
import type { ProviderError } from '../hub/reply.ts';

/**
 * `{"error":{"code","message","status","details"}}` (https://google.aip.dev/193), which some paths put in a list.
 */
export function readError(status: number, body: JsonValue): ProviderError {
  const error = objectAt(firstObject(body), 'error');
  const retryAfter = retryAfterOf(error);
  const message = textOf(error.message) || `The provider answered with status ${status}.`;
  return {
    status: isBadKey(error) ? 401 : status,
    type: textOf(error.status) || 'UNKNOWN',
    code: saysTooLong(message) ? CONTEXT_LENGTH : null,
    message,
    param: null,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** The error in an event of a stream that began with status 200; null where there is none. */
export function errorIn(event: JsonObject): ProviderError | null {
  const error = asObject(event.error);
  if (error === null) return null;
  return readError(numberOf(error.code) ?? 500, event);
}

/** Google wraps some answers, errors above all, in a list. */
export function firstObject(value: JsonValue): JsonObject {
  return (Array.isArray(value) ? asObject(value[0]) : asObject(value)) ?? {};
}

/** Seconds of `google.rpc.RetryInfo`, whose durations are written like `48s` or `0.2s`. */
function retryAfterOf({ details }: JsonObject): number | undefined {
  const delays = objectsIn(details).map(
    ({ retryDelay }) => /^(\d+(?:\.\d+)?)s$/.exec(textOf(retryDelay))?.[1],
  );
  const delay = delays.find((seconds) => seconds !== undefined);
  return delay === undefined ? undefined : Math.ceil(Number(delay));
}

/** A wrong key is a 400 there, and would look like the client's own mistake. */
function isBadKey(error: JsonObject): boolean {
  return objectsIn(error.details).some(({ reason }) => reason === 'API_KEY_INVALID');
}
