import type { ErrorDialect } from '../../domain/dialect.ts';

export interface ApiErrorOptions {
  readonly param?: string;
  readonly code?: string;
}

/** An error status that the sandbox answers with, as a provider would. */
export class ApiError extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.param = options.param ?? null;
    this.code = options.code ?? OPENAI_CODES[status] ?? null;
  }
}

/** https://platform.openai.com/docs/guides/error-codes */
const OPENAI_CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  429: 'rate_limit_exceeded',
};

/** https://docs.anthropic.com/en/api/errors */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function openaiError(error: ApiError): object {
  const { message, param, code } = error;
  return { error: { message, type: openaiType(error.status), param, code } };
}

function openaiType(status: number): string {
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

export function anthropicError(error: ApiError, requestId: string): object {
  const type = ANTHROPIC_TYPES[error.status] ?? (error.status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message: error.message }, request_id: requestId };
}

export function errorBody(error: ApiError, dialect: ErrorDialect, requestId: string): string {
  return JSON.stringify(dialect === 'openai' ? openaiError(error) : anthropicError(error, requestId));
}
