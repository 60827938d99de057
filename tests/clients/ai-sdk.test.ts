import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  embedMany,
  generateText,
  isStepCount,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from 'ai';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type BlackBox, CHAT_REPLY, KEY } from '../support/black-box.ts';
import { json, sse, status429 } from '../support/fault-upstream.ts';
import { within } from '../support/wait.ts';
import {
  ASK_WEATHER,
  CUTS,
  collect,
  describeClient,
  expectStopped,
  HELLO,
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

const openaiAt = ({ gateway }: BlackBox, apiKey = KEY) =>
  createOpenAI({ apiKey, baseURL: `${gateway.url}/v1` });
const anthropicAt = ({ gateway }: BlackBox, apiKey = KEY) =>
  createAnthropic({ apiKey, baseURL: `${gateway.url}/v1` });

const DIALECTS = [
  {
    name: 'Responses',
    wire: RESPONSES_WIRE,
    upstreamModel: 'gpt-4o-mini',
    model: (box: BlackBox, name: string, key?: string): LanguageModel => openaiAt(box, key)(name),
  },
  {
    name: 'Chat Completions',
    wire: CHAT_WIRE,
    upstreamModel: 'gpt-4o-mini',
    model: (box: BlackBox, name: string, key?: string): LanguageModel => openaiAt(box, key).chat(name),
  },
  {
    name: 'Messages',
    wire: MESSAGES_WIRE,
    upstreamModel: 'claude-haiku-4-5',
    model: (box: BlackBox, name: string, key?: string): LanguageModel => anthropicAt(box, key)(name),
  },
] as const;

const get_weather = tool({
  description: 'The weather to come',
  inputSchema: z.object({ city: z.string(), days: z.number().int() }),
  execute: async ({ city }) => `sunny in ${city}`,
});

describeClient('ai', (box) => {
  describe.each(DIALECTS)('over $name', ({ wire, upstreamModel, model }) => {
    const ask = (name: string, key?: string) => ({
      model: model(box, name, key),
      prompt: HELLO,
      maxOutputTokens: 1000,
      maxRetries: 0,
    });
    const generate = (name: string, key?: string) => generateText(ask(name, key));
    /** Everything on its stream, where errors are parts; and not on the console. */
    const partsOf = (name: string) => collect(streamText({ ...ask(name), onError: () => {} }).stream);

    it('takes a whole answer and a stream', async () => {
      const whole = await generate('sandbox/echo');
      expect([whole.text, whole.finishReason]).toEqual([HELLO, 'stop']);
      const streamed = streamText(ask('sandbox/echo'));
      expect((await collect(streamed.textStream)).join('')).toBe(HELLO);
      expect(await streamed.finishReason).toBe('stop');
      expect((await streamed.usage).outputTokens).toBe(whole.usage.outputTokens);
    });

    it('runs a loop of tools to its end, whole and streamed', async () => {
      const loop = {
        ...ask('sandbox/echo'),
        prompt: ASK_WEATHER,
        tools: { get_weather },
        stopWhen: isStepCount(4),
      };
      const whole = await generateText(loop);
      expect([whole.text, whole.steps.length]).toEqual(['The tool answered: sunny in example', 2]);
      const streamed = streamText(loop);
      expect(await streamed.text).toBe(whole.text);
      expect(await streamed.steps).toHaveLength(2);
    });

    it('makes an object by a schema', async () => {
      const schema = z.object({ city: z.string(), sights: z.array(z.string()).min(2) });
      const { output } = await generateText({ ...ask('sandbox/echo'), output: Output.object({ schema }) });
      expect(output).toEqual({ city: 'example', sights: ['example', 'example'] });
    });

    it('raises APICallError with the status of each refusal', async () => {
      expect(await thrown(generate(upstreamModel, WRONG_KEY))).toMatchObject({ statusCode: 401 });
      expect(await thrown(generate('nobodys-model'))).toMatchObject({ statusCode: 404 });
      box.upstream.script(status429('7'));
      const limited = await thrown(generate(upstreamModel));
      expect(limited).toMatchObject({
        statusCode: 429,
        isRetryable: true,
        responseHeaders: expect.objectContaining({ 'retry-after': '7' }),
      });
      box.upstream.script(json(500, { error: { type: 'server_error', message: 'oops' } }));
      const failed = await thrown(generate(upstreamModel));
      expect(failed).toMatchObject({
        statusCode: 502,
        isRetryable: true,
        message: expect.stringContaining('failed'),
      });
      expect([limited, failed].every(APICallError.isInstance)).toBe(true);
    });

    it.each(CUTS)('ends in an error, not in a finish: $name', async ({ how }) => {
      box.upstream.script(cutStream(wire, how));
      const parts = await partsOf(upstreamModel);
      const types = parts.map(({ type }) => type);
      expect(parts.flatMap((part) => (part.type === 'text-delta' ? part.text : [])).join('')).toBe('Hello');
      expect(types).toContain('error');
      const finish = parts.find((part) => part.type === 'finish');
      expect(finish?.finishReason ?? 'error').toBe('error');
    });

    it('ends in an error at the sandbox that breaks off, and at its error event', async () => {
      for (const name of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
        expect((await partsOf(name)).map(({ type }) => type)).toContain('error');
      }
    });

    it('stops the upstream when it aborts a stream', async () => {
      box.upstream.script(endlessStream(wire));
      const leaving = new AbortController();
      const { stream } = streamText({ ...ask(upstreamModel), abortSignal: leaving.signal });
      const reader = stream.getReader();
      for (let type = ''; type !== 'text-delta'; ) type = (await reader.read()).value?.type ?? 'text-delta';
      await expectStopped(box, () => leaving.abort());
      await within('the reader is let go', reader.cancel());
    });
  });

  it('tries again after as long as the upstream said', async () => {
    box.upstream.script(status429('1'), json(200, CHAT_REPLY));
    const startedAt = performance.now();
    const model = openaiAt(box).chat('gpt-4o-mini');
    expect((await generateText({ model, prompt: HELLO, maxRetries: 1 })).text).toBe('Hello');
    const tookMs = performance.now() - startedAt;
    // Without the header it is two seconds.
    expect([tookMs > 990, tookMs < 1900]).toEqual([true, true]);
  });

  it('takes embeddings', async () => {
    const model = openaiAt(box).embedding('sandbox/embed');
    const { embeddings, usage } = await embedMany({ model, values: ['one', 'two'], maxRetries: 0 });
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256]);
    expect(usage.tokens).toBe(2);
  });

  it('gets the thinking of Anthropic with its signature, and sends it back', async () => {
    const thinking = blockEvents(0, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'Let me see.' },
      { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
    ]);
    const text = blockEvents(1, { type: 'text', text: '' }, [{ type: 'text_delta', text: 'Hello' }]);
    box.upstream.script(sse(messageOf([...thinking, ...text])));
    const ask = {
      model: anthropicAt(box)('claude-haiku-4-5'),
      maxRetries: 0,
      providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
    };
    const first = streamText({ ...ask, prompt: HELLO });
    expect(await first.reasoningText).toBe('Let me see.');
    expect(sentBody(box)).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 1024 } });
    const { messages } = await first.response;
    const turns = [{ role: 'user' as const, content: HELLO }, ...messages];
    await streamText({ ...ask, messages: [...turns, { role: 'user', content: 'And?' }] }).text;
    const signed = { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmF0dXJl' };
    expect(sentBody(box)).toMatchObject({ messages: [{}, { content: [signed, { text: 'Hello' }] }, {}] });
  });

  it('continues a response by the id of the one before', async () => {
    const model = openaiAt(box).responses('sandbox/echo');
    const first = await generateText({ model, prompt: HELLO, maxRetries: 0 });
    const previousResponseId = first.providerMetadata?.openai?.responseId;
    if (typeof previousResponseId !== 'string') throw new Error('the SDK knows no id');
    const second = await generateText({
      model,
      prompt: 'And?',
      maxRetries: 0,
      providerOptions: { openai: { previousResponseId } },
    });
    expect(second.text).toBe('And?');
  });
});
