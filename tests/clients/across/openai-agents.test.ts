import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../describe-client.ts';
import { type AcrossBox, describeAcross, KEY, KINDS } from './describe-across.ts';
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

/** Whether the SDK keeps Gemini's signature of a call. */
const DIALECTS = [
  { name: 'Chat Completions', useResponses: false, signature: 'lost' },
  { name: 'Responses', useResponses: true, signature: 'given back' },
] as const;

const tools = [
  tool({
    name: 'get_weather',
    description: TOOLS.get_weather.description,
    parameters: weatherShape,
    execute: async (input) => runTool('get_weather', input),
    // What a test expects inside of a tool has to reach the test.
    errorFunction: null,
  }),
  tool({
    name: 'get_time',
    description: TOOLS.get_time.description,
    parameters: timeShape,
    execute: async (input) => runTool('get_time', input),
    errorFunction: null,
  }),
];

function runnerAt({ gateway }: AcrossBox, useResponses: boolean): Runner {
  const openAIClient = new OpenAI({ apiKey: KEY, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  return new Runner({ modelProvider: new OpenAIProvider({ openAIClient, useResponses }) });
}

function agentOf(model: string) {
  return new Agent({ name: 'weatherman', instructions: 'Be brief.', model, tools });
}

describeAcross('@openai/agents across dialects', (box) => {
  // Traces would go to the internet.
  beforeAll(() => setTracingDisabled(true));

  describe.each(DIALECTS)('over $name', ({ useResponses, signature }) => {
    it.each(casesOf(KINDS))('streams a loop of tools: $name, $loop', async (kind) => {
      const runner = runnerAt(box, useResponses);
      const streamed = await runner.run(agentOf(kind.model), kind.prompt, { stream: true });
      expect((await collect(streamed.toTextStream())).join('')).toBe(kind.answer);
      await streamed.completed;
      expect(streamed.finalOutput).toBe(kind.answer);
      expect(streamed.rawResponses).toHaveLength(2);
      const { inputTokens, outputTokens } = streamed.state.usage;
      expect([inputTokens > 0, outputTokens > 0]).toEqual([true, true]);
      if (isGemini(kind)) expect(signatureGivenBack(box)).toBe(signature);
    });

    it.each(KINDS)('takes a whole answer, and goes on with its history: $name', async (kind) => {
      const runner = runnerAt(box, useResponses);
      const first = await runner.run(agentOf(kind.model), HELLO);
      expect(first.finalOutput).toBe(HELLO);
      const turns = [...first.history, { role: 'user' as const, content: 'And?' }];
      expect((await runner.run(agentOf(kind.model), turns)).finalOutput).toBe('And?');
    });
  });
});
