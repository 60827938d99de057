import { ERROR_CODES } from './codes.ts';
import type { GatewayError } from './gateway-error.ts';

/** Anthropic's envelope: `{"type":"error","error":{"type","message"},"request_id"}`. */
export function toAnthropic(error: GatewayError, requestId: string): string {
  const type = ERROR_CODES[error.code][3];
  return JSON.stringify({ type: 'error', error: { type, message: error.message }, request_id: requestId });
}
