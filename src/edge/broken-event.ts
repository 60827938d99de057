import type { Dialect } from '../domain/dialect.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import { toAnthropic } from '../errors/to-anthropic.ts';
import { toOpenAI } from '../errors/to-openai.ts';

/**
 * The event by which a dialect says that a stream broke off after it had begun. Chat has no standard for it: the
 * in-band `error` object is what OpenAI's SDKs raise on.
 */
export function brokenEvent(
  dialect: Dialect,
  error: GatewayError,
  requestId: string,
  sequence: number,
): string {
  switch (dialect) {
    case 'anthropic-messages':
      return `event: error\ndata: ${toAnthropic(error, requestId)}\n\n`;
    case 'openai-responses':
      return `event: error\ndata: ${responsesError(error, sequence)}\n\n`;
    default:
      return `data: ${toOpenAI(error)}\n\n`;
  }
}

/** https://platform.openai.com/docs/api-reference/responses-streaming/error */
function responsesError(error: GatewayError, sequence: number): string {
  return JSON.stringify({
    type: 'error',
    code: error.code,
    message: error.message,
    param: error.param,
    sequence_number: sequence,
  });
}
