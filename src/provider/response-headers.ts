import type { UpstreamHeaders } from '../ports/fetch.ts';

/**
 * What a provider's header may tell the client. Everything else stays here: cookies, the account's organisation
 * and rate limits, hop-by-hop fields.
 */
const PASSED = new Set([
  'content-type',
  'content-disposition',
  'content-language',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-model',
  'openai-processing-ms',
  'openai-version',
]);

/** The provider's own request id, renamed: `x-request-id` is the gateway's. */
const UPSTREAM_REQUEST_ID = ['x-request-id', 'request-id'] as const;

export function responseHeaders(upstream: UpstreamHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  upstream.forEach((value, name) => {
    if (PASSED.has(name)) headers[name] = value;
  });
  for (const name of UPSTREAM_REQUEST_ID) {
    const id = upstream.get(name);
    if (id !== null) headers['x-llm-edge-upstream-request-id'] = id;
  }
  return headers;
}
