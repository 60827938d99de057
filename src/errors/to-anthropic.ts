import { ERROR_CODES } from './codes.ts';
import type { GatewayError } from './gateway-error.ts';

/** Anthropic's envelope: `{"type":"error","error":{"type","message"},"request_id"}`, with `error.details` where there are any. */
export function toAnthropic({ code, message, details }: GatewayError, requestId: string): string {
  const error = { type: ERROR_CODES[code][3], message, ...(details === null ? {} : { details }) };
  return JSON.stringify({ type: 'error', error, request_id: requestId });
}
