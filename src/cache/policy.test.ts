import { describe, expect, it } from 'vitest';
import type { CacheMode } from '../domain/cache-policy.ts';
import type { Call, JsonObject } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import { mayCache } from './policy.ts';

const ENDPOINTS: Record<Dialect, Endpoint> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'messages',
  'openai-embeddings': 'embeddings',
  'openai-completions': 'completions',
};

interface Options {
  readonly mode?: CacheMode;
  readonly endpoint?: Endpoint;
}

function reasonOf(dialect: Dialect, body: string | object, { mode = 'all', endpoint }: Options = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const json = JSON.parse(text) as JsonObject;
  const call: Call = {
    endpoint: endpoint ?? ENDPOINTS[dialect],
    dialect,
    model: 'm',
    stream: false,
    body: { bytes: new TextEncoder().encode(text), text, json },
  };
  const answer = mayCache(call, mode);
  return answer.cache ? null : answer.reason;
}

const FUNCTION = { type: 'function', function: { name: 'f' } };

describe('a call that stands for itself may be cached', () => {
  it.each([
    [
      'openai-chat',
      { messages: [], tools: [FUNCTION, { type: 'custom' }], tool_choice: 'auto', store: false },
    ],
    ['openai-chat', { messages: [], tools: null, web_search_options: null, plugins: [] }],
    ['openai-responses', { input: 'a', store: false, previous_response_id: null, background: false }],
    [
      'openai-responses',
      { input: [{ role: 'user', content: 'a' }], tools: [{ type: 'function', name: 'f' }] },
    ],
    ['anthropic-messages', { messages: [], tools: [{ name: 'f' }, { type: 'custom' }], mcp_servers: [] }],
    ['openai-embeddings', { input: 'a' }],
    ['openai-completions', { prompt: 'a' }],
    ['openai-completions', { prompt: ['a', 'b'] }],
  ] as const)('%s %j', (dialect, body) => expect(reasonOf(dialect, body)).toBeNull());
});

describe('a call that is more than its body is not cached', () => {
  it.each([
    ['openai-chat', { store: true }, 'stateful'],
    ['openai-responses', { previous_response_id: 'resp_1' }, 'stateful'],
    ['openai-responses', { conversation: { id: 'conv_1' } }, 'stateful'],
    ['openai-responses', { background: true }, 'stateful'],
    ['openai-responses', { store: true }, 'stateful'],
    ['openai-responses', { prompt: { id: 'pmpt_1' } }, 'stateful'],
    ['openai-responses', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'stateful'],
    ['anthropic-messages', { container: 'container_1' }, 'stateful'],
    ['openai-chat', { web_search_options: {} }, 'server_tools'],
    ['openai-chat', { search_parameters: { mode: 'auto' } }, 'server_tools'],
    ['openai-chat', { plugins: [{ id: 'web' }] }, 'server_tools'],
    ['openai-chat', { tools: [FUNCTION, { type: 'browser_search' }] }, 'server_tools'],
    ['openai-chat', { tools: [{ name: 'f' }] }, 'server_tools'],
    ['openai-responses', { tools: [{ type: 'web_search' }] }, 'server_tools'],
    ['openai-responses', { tools: [{ type: 'mcp', server_url: 'x' }] }, 'server_tools'],
    ['anthropic-messages', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'server_tools'],
    ['anthropic-messages', { mcp_servers: [{ url: 'x' }] }, 'server_tools'],
  ] as const)('%s %j: %s', (dialect, body, reason) => expect(reasonOf(dialect, body)).toBe(reason));

  it('at endpoints that have no such answers', () => {
    expect(reasonOf('anthropic-messages', {}, { endpoint: 'count_tokens' })).toBe('endpoint');
  });

  it('when it may be read in two ways, or nests without end', () => {
    expect(reasonOf('openai-chat', '{"temperature":0,"temperature":1}')).toBe('ambiguous_body');
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(reasonOf('openai-chat', deep)).toBe('too_deep');
  });
});

describe('CACHE_MODE', () => {
  it('off caches nothing', () => {
    expect(reasonOf('openai-embeddings', { input: 'a' }, { mode: 'off' })).toBe('mode_off');
  });

  it.each([
    ['openai-chat', { temperature: 0 }, null],
    ['openai-chat', { seed: 7 }, null],
    ['openai-chat', { seed: 0, temperature: 1 }, null],
    ['openai-responses', { input: 'a', temperature: 0 }, null],
    ['openai-embeddings', { input: 'a' }, null],
    ['openai-chat', {}, 'not_deterministic'],
    ['openai-chat', { temperature: null, seed: null }, 'not_deterministic'],
    ['openai-chat', { temperature: '0', seed: 1.5 }, 'not_deterministic'],
    ['anthropic-messages', { temperature: 0.1 }, 'not_deterministic'],
    ['openai-chat', { temperature: 0, store: true }, 'stateful'],
  ] as const)('deterministic: %s %j: %s', (dialect, body, reason) => {
    expect(reasonOf(dialect, body, { mode: 'deterministic' })).toBe(reason);
  });
});
