import { ERROR_CODES, type ErrorCode } from './codes.ts';

export interface GatewayErrorOptions {
  /** The field of the request that is at fault, in the client's own words: `messages[2].content`. */
  readonly param?: string;
  /** Sent as `retry-after`, in seconds or as an HTTP date (RFC 9110 section 10.2.3). */
  readonly retryAfter?: string;
  /** More response headers, e.g. what is left of a limit. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What an SDK reads to go on by itself: `error.details` of Anthropic's envelope. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error that knows what the client is told. `message` reaches the client: no secrets, hosts or stacks in it. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly param: string | null;
  readonly retryAfter: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>> | null;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    [this.status, this.retryable] = ERROR_CODES[code];
    this.param = options.param ?? null;
    this.retryAfter = options.retryAfter ?? null;
    this.headers = options.headers ?? {};
    this.details = options.details ?? null;
  }
}
