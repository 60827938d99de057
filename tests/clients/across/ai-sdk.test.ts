import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  streamText,
  tool,
} from 'ai';
import { describe, expect, it } from 'vitest';
import { collect, thrown } from '../describe-client.ts';
import { type AcrossBox, describeAcross, foreignTo, KEY, KINDS, RESPONSES } from './describe-across.ts';
import {
  casesOf,
  HELLO,
  isGemini,
  runTool,
  signatureGivenBack,
  TOOLS,
  timeShape,
  weatherShape,
} from './loop.ts';

const openaiAt = ({ gateway }: AcrossBox) => createOpenAI({ apiKey: KEY, baseURL: `${gateway.url}/v1` });
const anthropicAt = ({ gateway }: AcrossBox) =>
  createAnthropic({ apiKey: KEY, baseURL: `${gateway.url}/v1` });

/** Whether the SDK keeps Gemini's signature of a call: Chat has no field that it knows. */
const DIALECTS = [
  {
    name: 'Chat Completions',
    model: (box: AcrossBox, name: string): LanguageModel => openaiAt(box).chat(name),
    signature: 'lost',
  },
  {
    name: 'Responses',
    model: (box: AcrossBox, name: string): LanguageModel => openaiAt(box).responses(name),
    signature: 'given back',
  },
  {
    name: 'Messages',
    model: (box: AcrossBox, name: string): LanguageModel => anthropicAt(box)(name),
    signature: 'given back',
  },
] as const;

const tools = {
  get_weather: tool({
    description: TOOLS.get_weather.description,
    inputSchema: weatherShape,
    execute: async (input) => runTool('get_weather', input),
  }),
  get_time: tool({
    description: TOOLS.get_time.description,
    inputSchema: timeShape,
    execute: async (input) => runTool('get_time', input),
  }),
};

/** By default the SDK refers to the items of earlier answers, and the gateway keeps none of translated Responses. */
const providerOptions = { openai: { store: false } };

describeAcross('ai across dialects', (box) => {
  describe.each(DIALECTS)('over $name', ({ model, signature }) => {
    const ask = (name: string) => ({
      model: model(box, name),
      maxOutputTokens: 1000,
      maxRetries: 0,
      providerOptions,
    });

    it.each(casesOf(KINDS))('streams a loop of tools: $name, $loop', async (kind) => {
      const { prompt } = kind;
      const streamed = streamText({ ...ask(kind.model), prompt, tools, stopWhen: isStepCount(4) });
      expect((await collect(streamed.textStream)).join('')).toBe(kind.answer);
      const [first, last, ...more] = await streamed.steps;
      expect(more).toEqual([]);
      expect(first?.toolCalls.map(({ toolName }) => toolName)).toEqual(kind.calls);
      expect([first?.finishReason, last?.finishReason]).toEqual(['tool-calls', 'stop']);
      const { inputTokens = 0, outputTokens = 0 } = await streamed.usage;
      expect([inputTokens > 0, outputTokens > 0]).toEqual([true, true]);
      if (isGemini(kind)) expect(signatureGivenBack(box)).toBe(signature);
    });

    it.each(KINDS)('goes on after a whole answer: $name', async (kind) => {
      const messages: ModelMessage[] = [{ role: 'user', content: HELLO }];
      const answer = await generateText({ ...ask(kind.model), messages });
      expect([answer.text, answer.finishReason]).toEqual([HELLO, 'stop']);
      expect(answer.usage.totalTokens).toBeGreaterThan(0);
      messages.push(...answer.responseMessages, { role: 'user', content: 'And?' });
      expect((await generateText({ ...ask(kind.model), messages })).text).toBe('And?');
    });
  });

  it.each(foreignTo(RESPONSES))('is told what to do when it refers to stored items: $name', async (kind) => {
    const ask = { model: openaiAt(box).responses(kind.model), maxRetries: 0 };
    const messages: ModelMessage[] = [{ role: 'user', content: HELLO }];
    const { responseMessages } = await generateText({ ...ask, messages });
    messages.push(...responseMessages, { role: 'user', content: 'And?' });
    const error = await thrown(generateText({ ...ask, messages }));
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/"input\[1\]".*send the whole conversation/),
    });
  });
});
