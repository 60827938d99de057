import { ERROR_CODES } from './codes.ts';
import type { GatewayError } from './gateway-error.ts';

/** OpenAI's envelope: `{"error":{"message","type","param","code"}}`. */
export function toOpenAI(error: GatewayError): string {
  const type = ERROR_CODES[error.code][2];
  return JSON.stringify({ error: { message: error.message, type, param: error.param, code: error.code } });
}
