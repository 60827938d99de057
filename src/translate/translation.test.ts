import { describe, expect, it } from 'vitest';
import type { Call, JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Provider } from '../domain/provider.ts';
import type { ConversationEndpoint } from './dialects.ts';
import { readConversation, translateCall } from './translation.ts';

const DIALECTS: Readonly<Record<ConversationEndpoint, Dialect>> = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
};

function translate(
  endpoint: ConversationEndpoint,
  text: string,
  paths: Provider['paths'],
  dropUnsupported = false,
) {
  const json = JSON.parse(text) as JsonObject;
  const body = { text, json, bytes: new TextEncoder().encode(text) };
  const call: Call = { endpoint, dialect: DIALECTS[endpoint], model: 'm', stream: false, body };
  const provider: Provider = {
    id: 'p',
    baseUrl: 'https://p.test',
    auth: 'bearer',
    apiKey: 'k',
    apiKeys: ['k'],
    transport: 'network',
    paths,
    models: [],
    streamUsage: 'on-request',
    otelName: 'p',
  };
  const target = { provider, model: 'm' };
  const options = { dropUnsupported, shared: false, requestId: 'r', created: 1 };
  return translateCall(call, endpoint, readConversation(call, endpoint), target, options);
}

const ASK = '"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]';

describe('a translated call', () => {
  it('case 45: goes in the dialect that can carry all of it', () => {
    const paths = { responses: '/responses', chat: '/chat/completions' };
    expect(translate('messages', `{${ASK}}`, paths).request.path).toBe('/responses');
    const stops = translate('messages', `{${ASK},"stop_sequences":["END"]}`, paths);
    expect(stops.request.path).toBe('/chat/completions');
    expect(JSON.parse(stops.request.body)).toMatchObject({ stop: ['END'] });
  });

  it('case 46: is refused with all that it cannot carry, or says what it left out', () => {
    const text = `{${ASK},"top_k":3,"stop_sequences":["END"]}`;
    expect(() => translate('messages', text, { responses: '/r' })).toThrow(
      /"(?:top_k|stop_sequences)".*"(?:top_k|stop_sequences)"/,
    );
    const { dropped } = translate('messages', text, { responses: '/r' }, true);
    expect(new Set(dropped)).toEqual(new Set(['top_k', 'stop_sequences']));
  });

  it('is refused where it nests deeper than it can be walked', () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const tool = `{"type":"function","function":{"name":"f","parameters":${deep}}}`;
    const text = `{${ASK},"tools":[${tool}]}`;
    expect(() => translate('chat', text, { messages: '/m' })).toThrow(/nested too deeply/);
    expect(() => translate('chat', text, { generate_content: '/m' })).toThrow(/nested too deeply/);
  });

  it('case 21: keeps every digit of a tool’s arguments, both ways', () => {
    const input = '{"id":12345678901234567890,"x":1.0}';
    const turns = [
      '{"role":"user","content":"Hi"}',
      `{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}`,
      '{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}',
    ];
    const text = `{"model":"m","max_tokens":9,"messages":[${turns.join(',')}]}`;
    const { request } = translate('messages', text, { chat: '/c' });
    const sent = JSON.parse(request.body) as { messages: { tool_calls?: { function: object }[] }[] };
    expect(sent.messages[1]?.tool_calls?.[0]?.function).toEqual({ name: 'f', arguments: input });

    const { translation } = translate('chat', `{${ASK}}`, { messages: '/m' });
    const reply = `{"id":"msg_1","type":"message","role":"assistant","model":"m","stop_reason":"tool_use","usage":{},
      "content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}`;
    const answer = translation.readAnswer(JSON.parse(reply) as JsonObject, reply).json();
    expect(JSON.stringify(answer)).toContain(JSON.stringify(input));
  });
});
