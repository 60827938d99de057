import type { Answer } from '../domain/answer.ts';
import type { ErrorDialect } from '../domain/dialect.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import { toAnthropic } from '../errors/to-anthropic.ts';
import { toOpenAI } from '../errors/to-openai.ts';

/** An error as the caller's dialect writes it. */
export function errorAnswer(error: GatewayError, dialect: ErrorDialect, requestId: string): Answer {
  const headers: Record<string, string> = { ...error.headers, 'content-type': 'application/json' };
  if (error.retryAfter !== null) headers['retry-after'] = error.retryAfter;
  if (!error.retryable) headers['x-should-retry'] = 'false';
  return {
    status: error.status,
    headers,
    body: dialect === 'anthropic' ? toAnthropic(error, requestId) : toOpenAI(error),
  };
}
