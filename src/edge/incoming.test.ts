import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../domain/dialect.ts';
import { createToIncoming } from './incoming.ts';

const toIncoming = createToIncoming({
  clock: { now: () => 0, monotonic: () => 0, after: () => () => {} },
  ids: { next: () => 'req-1' },
  maxRequestSize: 1000,
});

function errorDialect(endpoint: Endpoint, path: string, headers: Record<string, string> = {}): string {
  return toIncoming(new Request(`http://gateway.test${path}`, { headers }), endpoint).errorDialect;
}

const ANTHROPIC = { 'anthropic-version': '2023-06-01' };

describe('the envelope of errors', () => {
  it.each([
    ['chat', '/v1/chat/completions'],
    ['responses', '/v1/responses'],
    ['response_item', '/v1/responses/resp_1'],
    ['embeddings', '/v1/embeddings'],
    ['completions', '/v1/completions'],
  ] as const)('is OpenAI’s at %s, whatever headers a proxy adds', (endpoint, path) => {
    expect(errorDialect(endpoint, path, ANTHROPIC)).toBe('openai');
  });

  it.each([
    ['messages', '/v1/messages'],
    ['count_tokens', '/v1/messages/count_tokens'],
    ['unknown', '/v1/messages/typo'],
  ] as const)('is Anthropic’s at %s (%s), without its header too', (endpoint, path) => {
    expect(errorDialect(endpoint, path)).toBe('anthropic');
  });

  it.each([
    ['models', '/v1/models'],
    ['passthrough', '/proxy/anthropic/v1/files'],
    ['unknown', '/nowhere'],
  ] as const)('is that of the client where the endpoint has none: %s', (endpoint, path) => {
    expect(errorDialect(endpoint, path, ANTHROPIC)).toBe('anthropic');
    expect(errorDialect(endpoint, path)).toBe('openai');
  });
});
