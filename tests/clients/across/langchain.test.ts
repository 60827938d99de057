import { ChatAnthropic } from '@langchain/anthropic';
import { type AIMessageChunk, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { collect } from '../describe-client.ts';
import { type AcrossBox, describeAcross, KEY, KINDS, type KindName } from './describe-across.ts';
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

const openaiAt = ({ gateway }: AcrossBox, model: string, useResponsesApi: boolean) => {
  const configuration = { baseURL: `${gateway.url}/v1` };
  return new ChatOpenAI({ model, apiKey: KEY, useResponsesApi, maxRetries: 0, configuration });
};

interface Dialect {
  readonly name: string;
  readonly make: (box: AcrossBox, model: string) => ChatOpenAI | ChatAnthropic;
  /** Whether the SDK keeps Gemini's signature of a call. */
  readonly signature: 'given back' | 'lost';
  /** Kinds that tell their count of input only at the end of a stream, where the SDK does not look for it. */
  readonly late: readonly KindName[];
}

const DIALECTS: readonly Dialect[] = [
  {
    name: 'Chat Completions',
    make: (box, model) => openaiAt(box, model, false),
    signature: 'lost',
    late: [],
  },
  {
    name: 'Responses',
    make: (box, model) => openaiAt(box, model, true),
    signature: 'given back',
    late: [],
  },
  {
    name: 'Messages',
    make: ({ gateway }, model) =>
      new ChatAnthropic({ model, apiKey: KEY, anthropicApiUrl: gateway.url, maxRetries: 0, maxTokens: 1000 }),
    signature: 'given back',
    late: ['Chat', 'Responses'],
  },
];

const tools = [
  tool((input) => runTool('get_weather', input), {
    name: 'get_weather',
    description: TOOLS.get_weather.description,
    schema: weatherShape,
  }),
  tool((input) => runTool('get_time', input), {
    name: 'get_time',
    description: TOOLS.get_time.description,
    schema: timeShape,
  }),
];

function joined(chunks: readonly AIMessageChunk[]): AIMessageChunk {
  return chunks.reduce((whole, chunk) => whole.concat(chunk));
}

/** Typed as never on chunks. */
const usageShape = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
});

function usageOf(message: object): z.infer<typeof usageShape> {
  return usageShape.parse('usage_metadata' in message ? message.usage_metadata : null);
}

/** Each API has its own place for it. */
function finishOf({ response_metadata, additional_kwargs }: AIMessageChunk): unknown {
  const { finish_reason, stop_reason, status } = response_metadata;
  return finish_reason ?? stop_reason ?? additional_kwargs.stop_reason ?? status;
}

describeAcross('LangChain across dialects', (box) => {
  // Traces would go to the internet wherever a developer has them on.
  beforeAll(() => {
    for (const name of ['LANGSMITH_TRACING', 'LANGCHAIN_TRACING_V2', 'LANGSMITH_TRACING_V2']) {
      vi.stubEnv(name, 'false');
    }
  });

  describe.each(DIALECTS)('over $name', ({ make, signature, late }) => {
    it.each(casesOf(KINDS))('streams a loop of tools: $name, $loop', async (kind) => {
      const model = make(box, kind.model).bindTools(tools);
      const stream = async (messages: BaseMessage[]) => joined(await collect(await model.stream(messages)));
      const messages: BaseMessage[] = [new HumanMessage(kind.prompt)];
      const first = await stream(messages);
      const calls = first.tool_calls ?? [];
      expect(calls.map(({ name }) => name)).toEqual(kind.calls);
      expect(usageOf(first).output_tokens).toBeGreaterThan(0);
      expect(['tool_calls', 'tool_use', 'completed']).toContain(finishOf(first));
      messages.push(first);
      for (const { id = '', name, args } of calls) {
        messages.push(new ToolMessage(runTool(name, args), id));
      }
      const last = await stream(messages);
      expect(last.text).toBe(kind.answer);
      expect(usageOf(last).output_tokens).toBeGreaterThan(0);
      expect(usageOf(last).input_tokens > 0).toBe(!late.includes(kind.name));
      expect(['stop', 'end_turn', 'completed']).toContain(finishOf(last));
      if (isGemini(kind)) expect(signatureGivenBack(box)).toBe(signature);
    });

    it.each(KINDS)('goes on after a whole answer: $name', async (kind) => {
      const model = make(box, kind.model);
      const human = new HumanMessage(HELLO);
      const answer = await model.invoke([human]);
      expect(answer.text).toBe(HELLO);
      expect(usageOf(answer).total_tokens).toBeGreaterThan(0);
      expect((await model.invoke([human, answer, new HumanMessage('And?')])).text).toBe('And?');
    });
  });
});
