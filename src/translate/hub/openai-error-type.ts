/** `error.type` in OpenAI's envelope: https://platform.openai.com/docs/guides/error-codes */
const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
  503: 'service_unavailable',
  504: 'timeout',
  529: 'service_unavailable',
};

/** The type of a failure with this status. */
export function openAIErrorType(status: number): string {
  return TYPE_OF_STATUS[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
}

const OPENAI_TYPES: ReadonlySet<string> = new Set([
  'invalid_request_error',
  'insufficient_quota',
  'server_error',
  ...Object.values(TYPE_OF_STATUS),
]);

/** True for a type that OpenAI's clients know. */
export function isOpenAIErrorType(type: string): boolean {
  return OPENAI_TYPES.has(type);
}
