/**
 * Every error a client can get from the gateway itself: HTTP status, whether a client may simply try again,
 * and the `type` of each family's envelope. The code is the metric label.
 * OpenAI: https://platform.openai.com/docs/guides/error-codes ; Anthropic: https://docs.anthropic.com/en/api/errors
 */
export const ERROR_CODES = {
  invalid_json: [400, false, 'invalid_request_error', 'invalid_request_error'],
  invalid_request: [400, false, 'invalid_request_error', 'invalid_request_error'],
  sensitive_data: [400, false, 'invalid_request_error', 'invalid_request_error'],
  missing_api_key: [401, false, 'authentication_error', 'authentication_error'],
  invalid_api_key: [401, false, 'authentication_error', 'authentication_error'],
  budget_exceeded: [402, false, 'insufficient_quota', 'billing_error'],
  permission_denied: [403, false, 'permission_error', 'permission_error'],
  not_found: [404, false, 'invalid_request_error', 'not_found_error'],
  model_not_found: [404, false, 'invalid_request_error', 'not_found_error'],
  method_not_allowed: [405, false, 'invalid_request_error', 'invalid_request_error'],
  body_too_large: [413, false, 'invalid_request_error', 'request_too_large'],
  unsupported_media_type: [415, false, 'invalid_request_error', 'invalid_request_error'],
  rate_limited: [429, true, 'rate_limit_error', 'rate_limit_error'],
  client_closed: [499, false, 'invalid_request_error', 'invalid_request_error'],
  internal_error: [500, true, 'server_error', 'api_error'],
  not_implemented: [501, false, 'invalid_request_error', 'invalid_request_error'],
  upstream_failed: [502, true, 'upstream_error', 'api_error'],
  upstream_auth_failed: [502, false, 'upstream_error', 'api_error'],
  upstream_invalid: [502, true, 'upstream_error', 'api_error'],
  limits_unavailable: [503, true, 'service_unavailable', 'overloaded_error'],
  no_provider: [503, true, 'service_unavailable', 'overloaded_error'],
  not_cached: [504, false, 'invalid_request_error', 'invalid_request_error'],
  upstream_timeout: [504, true, 'timeout', 'timeout_error'],
} as const satisfies Record<
  string,
  readonly [status: number, retryable: boolean, openai: string, anthropic: string]
>;

export type ErrorCode = keyof typeof ERROR_CODES;
