import { afterAll, beforeAll, describe } from 'vitest';
import { type FaultUpstream, json, startFaultUpstream } from './fault-upstream.ts';
import { RUNTIMES, type RunningGateway, type Runtime, startGateway } from './gateway.ts';
import { type ClientRequest, type ClientResponse, send } from './http-client.ts';

/** The key that requests of the suite carry. */
export const KEY = 'sk-gateway-test-key-0001';
/** What must never be seen outside. */
export const SECRETS = {
  openai: 'sk-upstream-openai-secret',
  anthropic: 'sk-upstream-anthropic-secret',
} as const;

export interface BlackBox {
  readonly runtime: Runtime;
  readonly gateway: RunningGateway;
  /** Stands for OpenAI and for Anthropic. */
  readonly upstream: FaultUpstream;
  /** A request with the suite's key and JSON headers; an object as body is sent as JSON. */
  call(path: string, body?: unknown, options?: ClientRequest): Promise<ClientResponse>;
}

/** The same body of tests over a Node socket and inside workerd. */
export function describeBlackBox(
  name: string,
  body: (box: BlackBox) => void,
  env: (upstreamUrl: string) => Readonly<Record<string, string>> = () => ({}),
  file?: string,
): void {
  describe.each(RUNTIMES)(`${name} (%s)`, (runtime) => {
    const box: { gateway?: RunningGateway; upstream?: FaultUpstream } = {};
    beforeAll(async () => {
      box.upstream = await startFaultUpstream(json(200, {}));
      box.gateway = await startGateway({
        runtime,
        env: { ...defaults(box.upstream.url), ...env(box.upstream.url) },
        ...(file === undefined ? {} : { file }),
      });
    });
    afterAll(async () => {
      await box.gateway?.close();
      await box.upstream?.close();
    });
    body({
      runtime,
      get gateway() {
        return started(box.gateway);
      },
      get upstream() {
        return started(box.upstream);
      },
      call: (path, payload, options = {}) =>
        send(started(box.gateway).url + path, withDefaults(payload, options)),
    });
  });
}

function defaults(upstreamUrl: string): Record<string, string> {
  return {
    OPENAI_API_KEY: SECRETS.openai,
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
    ANTHROPIC_API_KEY: SECRETS.anthropic,
    ANTHROPIC_BASE_URL: upstreamUrl,
    GATEWAY_API_KEYS: `test:${KEY}`,
  };
}

function withDefaults(payload: unknown, options: ClientRequest): ClientRequest {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...options.headers };
  if (payload === undefined) return { ...options, headers };
  const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
  return { ...options, headers, body: isRaw ? payload : JSON.stringify(payload) };
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the black box is not started: use it inside a test');
  return value;
}

/** Minimal requests and answers of the dialects. */
export const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };
export const MESSAGES = {
  model: 'claude-haiku-4-5',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'Hi' }],
};
export const RESPONSES = { model: 'gpt-4o-mini', input: 'Hi' };

export const CHAT_REPLY = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
};

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}`;

/** A chat stream, event by event. */
export function chatEvents(words: readonly string[]): string[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    'data: [DONE]',
  ];
}

export const USAGE_EVENT = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } })}`;
