import { ChatAnthropic } from '@langchain/anthropic';
import { type AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type BlackBox, KEY } from '../support/black-box.ts';
import { json, sse, status429 } from '../support/fault-upstream.ts';
import {
  ASK_WEATHER,
  CUTS,
  collect,
  describeClient,
  expectStopped,
  HELLO,
  newest,
  sentBody,
  thrown,
  WRONG_KEY,
} from './describe-client.ts';
import {
  blockEvents,
  CHAT_WIRE,
  cutStream,
  endlessStream,
  MESSAGES_WIRE,
  messageOf,
  RESPONSES_WIRE,
} from './events.ts';

type MakeModel = (box: BlackBox, model: string, apiKey?: string) => ChatOpenAI | ChatAnthropic;

const openaiAt =
  (useResponsesApi: boolean): MakeModel =>
  ({ gateway }, model, apiKey = KEY) => {
    const configuration = { baseURL: `${gateway.url}/v1` };
    return new ChatOpenAI({ model, apiKey, useResponsesApi, maxRetries: 0, configuration });
  };
const anthropicAt: MakeModel = ({ gateway }, model, apiKey = KEY) =>
  new ChatAnthropic({ model, apiKey, anthropicApiUrl: gateway.url, maxRetries: 0, maxTokens: 1000 });

const DIALECTS = [
  { name: 'Chat Completions', wire: CHAT_WIRE, upstreamModel: 'gpt-4o-mini', make: openaiAt(false) },
  { name: 'Responses', wire: RESPONSES_WIRE, upstreamModel: 'gpt-4o-mini', make: openaiAt(true) },
  { name: 'Messages', wire: MESSAGES_WIRE, upstreamModel: 'claude-haiku-4-5', make: anthropicAt },
] as const;

const weather = tool(async ({ city }) => `sunny in ${city}`, {
  name: 'get_weather',
  description: 'The weather to come',
  schema: z.object({ city: z.string(), days: z.number().int() }),
});

function joined(chunks: readonly AIMessageChunk[]): AIMessageChunk {
  return chunks.reduce((whole, chunk) => whole.concat(chunk));
}

describeClient('LangChain', (box) => {
  // Traces would go to the internet wherever a developer has them on.
  beforeAll(() => {
    for (const name of ['LANGSMITH_TRACING', 'LANGCHAIN_TRACING_V2', 'LANGSMITH_TRACING_V2']) {
      vi.stubEnv(name, 'false');
    }
  });

  describe.each(DIALECTS)('over $name', ({ wire, upstreamModel, make }) => {
    it('takes a whole answer and a stream, with their usage', async () => {
      const model = make(box, 'sandbox/echo');
      const whole = await model.invoke(HELLO);
      const streamed = joined(await collect(await model.stream(HELLO)));
      expect([whole.text, streamed.text]).toEqual([HELLO, HELLO]);
      const used = { usage_metadata: { output_tokens: expect.any(Number) } };
      expect([whole, streamed]).toMatchObject([used, used]);
    });

    it.each([false, true])('goes through a round of a tool, streaming: %s', async (streaming) => {
      const model = make(box, 'sandbox/echo').bindTools([weather]);
      const human = new HumanMessage(ASK_WEATHER);
      const first = streaming
        ? joined(await collect(await model.stream([human])))
        : await model.invoke([human]);
      const [call] = first.tool_calls ?? [];
      if (call === undefined) throw new Error('no tool was called');
      expect(call).toMatchObject({ name: 'get_weather', args: { city: 'example', days: 1 } });
      const last = await model.invoke([human, first, await weather.invoke({ ...call, type: 'tool_call' })]);
      expect(last.text).toBe('The tool answered: sunny in example');
    });

    it('makes an object by a schema', async () => {
      const schema = z.object({ city: z.string(), days: z.number().int() });
      const model = make(box, 'sandbox/echo').withStructuredOutput(schema);
      expect(await model.invoke(HELLO)).toMatchObject({ city: 'example' });
    });

    it('raises the refusals under its own codes', async () => {
      const wrong = await thrown(make(box, upstreamModel, WRONG_KEY).invoke(HELLO));
      expect(wrong).toMatchObject({ status: 401, lc_error_code: 'MODEL_AUTHENTICATION' });
      const unknown = await thrown(make(box, 'nobodys-model').stream(HELLO));
      expect(unknown).toMatchObject({ status: 404, lc_error_code: 'MODEL_NOT_FOUND' });
      box.upstream.script(status429('7'));
      const limited = await thrown(make(box, upstreamModel).invoke(HELLO));
      expect(limited).toMatchObject({ status: 429, lc_error_code: 'MODEL_RATE_LIMIT' });
      box.upstream.script(json(500, { error: { type: 'server_error', message: 'oops' } }));
      const failed = await thrown(make(box, upstreamModel).invoke(HELLO));
      expect(failed).toMatchObject({ status: 502, message: expect.stringContaining('failed') });
    });

    it.each(CUTS)('raises in mid-stream: $name', async ({ how }) => {
      box.upstream.script(cutStream(wire, how));
      let text = '';
      const reading = (async () => {
        for await (const chunk of await make(box, upstreamModel).stream(HELLO)) text += chunk.text;
      })();
      expect(await thrown(reading)).toMatchObject({ message: expect.stringContaining('broke off') });
      expect(text).toBe('Hello');
    });

    it('raises at the sandbox that breaks off, and at its error event', async () => {
      for (const name of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
        expect(await thrown(make(box, name).stream(HELLO).then(collect))).toBeInstanceOf(Error);
      }
    });

    it('stops the upstream when it aborts a stream', async () => {
      box.upstream.script(endlessStream(wire));
      const leaving = new AbortController();
      const stream = await make(box, upstreamModel).stream(HELLO, { signal: leaving.signal });
      const reading = thrown(collect(stream));
      await expectStopped(box, () => leaving.abort());
      expect(await reading).toBeInstanceOf(Error);
    });
  });

  it('takes embeddings', async () => {
    const configuration = { baseURL: `${box.gateway.url}/v1` };
    const model = new OpenAIEmbeddings({ model: 'sandbox/embed', apiKey: KEY, maxRetries: 0, configuration });
    const vectors = await model.embedDocuments(['one', 'two']);
    expect(vectors.map(({ length }) => length)).toEqual([256, 256]);
    expect(await model.embedQuery('one')).toEqual(vectors[0]);
  });

  it('gets the thinking of Anthropic with its signature, and sends it back', async () => {
    const thinking = blockEvents(0, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'Let me see.' },
      { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
    ]);
    const text = blockEvents(1, { type: 'text', text: '' }, [{ type: 'text_delta', text: 'Hello' }]);
    box.upstream.script(sse(messageOf([...thinking, ...text])));
    const model = new ChatAnthropic({
      model: 'claude-haiku-4-5',
      apiKey: KEY,
      anthropicApiUrl: box.gateway.url,
      maxRetries: 0,
      maxTokens: 2000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    const human = new HumanMessage(HELLO);
    const first = joined(await collect(await model.stream([human])));
    const signed = { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmF0dXJl' };
    expect(first.content).toMatchObject([signed, { type: 'text', text: 'Hello' }]);
    await collect(await model.stream([human, first, new HumanMessage('And?')]));
    expect(sentBody(box)).toMatchObject({ messages: [{}, { content: [signed, { text: 'Hello' }] }, {}] });
  });

  it('tells Anthropic its betas, in the header and in the query', async () => {
    box.upstream.script(sse(MESSAGES_WIRE.events(['Hello'])));
    const model = new ChatAnthropic({
      model: 'claude-haiku-4-5',
      apiKey: KEY,
      anthropicApiUrl: box.gateway.url,
      maxRetries: 0,
      betas: ['context-1m-2025-08-07'],
    });
    expect(joined(await collect(await model.stream(HELLO))).text).toBe('Hello');
    expect(newest(box).headers['anthropic-beta']).toBe('context-1m-2025-08-07');
    expect(newest(box).path).toBe('/v1/messages?beta=true');
  });
});
