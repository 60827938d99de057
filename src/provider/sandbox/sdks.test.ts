import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents';
import { generateText, isStepCount, Output, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createSystemClock } from '../../../adapters/memory/clock.ts';
import { createSandbox } from './index.ts';
import { asGlobalFetch } from './testing.ts';

const fetch = asGlobalFetch(createSandbox({ clock: createSystemClock() }));
const baseURL = 'https://sandbox.invalid/v1';
const openai = new OpenAI({ apiKey: 'none', baseURL, fetch, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: 'none', baseURL: 'https://sandbox.invalid', fetch, maxRetries: 0 });
const aiOpenai = createOpenAI({ apiKey: 'none', baseURL, fetch });
const aiAnthropic = createAnthropic({ apiKey: 'none', baseURL, fetch });

const HELLO = 'Hello, what a fine day it is.';
const messages = [{ role: 'user', content: HELLO }] satisfies OpenAI.ChatCompletionMessageParam[];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city'],
} as const;
const ASK_TOOL = 'Please use the tool get_weather for 3 days';

describe('openai, Chat Completions', () => {
  it('takes a whole answer', async () => {
    const answer = await openai.chat.completions.create({ model: 'echo', messages });
    expect(answer.choices[0]?.message.content).toBe(HELLO);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer._request_id).toMatch(/^req_/);
  });

  it('takes a stream in its strict helper, usage and all', async () => {
    const stream = openai.chat.completions.stream({
      model: 'echo',
      messages,
      n: 2,
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices.map((choice) => choice.message.content)).toEqual([HELLO, HELLO]);
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('runs a loop of tools to its end', async () => {
    const results: unknown[] = [];
    const runner = openai.chat.completions.runTools({
      model: 'echo',
      stream: true,
      messages: [{ role: 'user', content: ASK_TOOL }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'weather',
            parameters: { ...parameters, required: ['city'] },
            parse: JSON.parse,
            function: (args: unknown) => {
              results.push(args);
              return 'sunny';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('The tool answered: sunny');
    expect(results).toEqual([{ city: 'example', days: 1 }]);
  });

  it('parses a JSON answer', async () => {
    const json_schema = { name: 'w', strict: true, schema: { ...parameters } };
    const answer = await openai.chat.completions.parse({
      model: 'echo',
      messages,
      response_format: { type: 'json_schema', json_schema },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: 'example' });
  });

  it('throws at an error event and at a cut', async () => {
    const run = (model: string) => openai.chat.completions.stream({ model, messages }).finalChatCompletion();
    await expect(run('fail-mid-error')).rejects.toThrow(/failed in mid-stream/);
    await expect(run('fail-mid')).rejects.toThrow();
  });

  it('knows the class of each error', async () => {
    const run = (model: string) => openai.chat.completions.create({ model, messages });
    await expect(run('fail-401')).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(run('fail-429')).rejects.toThrow(OpenAI.RateLimitError);
    await expect(run('fail-500')).rejects.toThrow(OpenAI.InternalServerError);
    await expect(run('fail-400')).rejects.toThrow(OpenAI.BadRequestError);
    await expect(run('gpt-9')).rejects.toThrow(OpenAI.NotFoundError);
  });
});

describe('openai, Responses', () => {
  it('takes a whole answer, and finds it again', async () => {
    const answer = await openai.responses.create({ model: 'echo', input: HELLO });
    expect(answer.output_text).toBe(HELLO);
    expect((await openai.responses.retrieve(answer.id)).output_text).toBe(HELLO);
    const items = await openai.responses.inputItems.list(answer.id);
    expect(items.data).toMatchObject([{ role: 'user', content: [{ text: HELLO }] }]);
    await openai.responses.delete(answer.id);
    await expect(openai.responses.retrieve(answer.id)).rejects.toThrow(OpenAI.NotFoundError);
  });

  it('takes a stream in its strict helper', async () => {
    const stream = openai.responses.stream({ model: 'lorem', input: HELLO });
    let text = '';
    stream.on('response.output_text.delta', (event) => {
      text += event.delta;
    });
    const answer = await stream.finalResponse();
    expect(answer.status).toBe('completed');
    expect(answer.output_text).toBe(text);
    expect(text.split(' ')).toHaveLength(120);
  });

  it('takes streamed calls of tools', async () => {
    const tools = ['get_weather', 'get_time'].map((name) => ({
      type: 'function' as const,
      name,
      parameters: { ...parameters },
      strict: false,
    }));
    const input = 'get_weather and get_time for me';
    const answer = await openai.responses.stream({ model: 'echo', input, tools }).finalResponse();
    expect(answer.output).toMatchObject([
      { type: 'function_call', name: 'get_weather', arguments: '{"city":"example"}' },
      { type: 'function_call', name: 'get_time', arguments: '{"city":"example"}' },
    ]);
  });

  it('takes an answer that ran out of tokens', async () => {
    const answer = await openai.responses
      .stream({ model: 'echo', input: HELLO, max_output_tokens: 2 })
      .finalResponse();
    expect(answer).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Hello,',
    });
  });

  it('throws at an error event and at a cut', async () => {
    const run = (model: string) => openai.responses.stream({ model, input: HELLO }).finalResponse();
    await expect(run('fail-mid-error')).rejects.toThrow(/failed in mid-stream/);
    await expect(run('fail-mid')).rejects.toThrow();
  });
});

describe('openai, the rest', () => {
  it('takes embeddings, which it asks for in base64', async () => {
    const { data } = await openai.embeddings.create({
      model: 'embed',
      input: ['one', 'two'],
      dimensions: 64,
    });
    const float = await openai.embeddings.create({
      model: 'embed',
      input: 'one',
      dimensions: 64,
      encoding_format: 'float',
    });
    expect(data).toHaveLength(2);
    expect(data[0]?.embedding).toEqual(float.data[0]?.embedding);
  });

  it('takes completions and the list of models', async () => {
    const answer = await openai.completions.create({ model: 'echo', prompt: HELLO });
    expect(answer.choices[0]?.text).toBe(HELLO);
    let text = '';
    for await (const chunk of await openai.completions.create({
      model: 'echo',
      prompt: HELLO,
      stream: true,
    })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe(HELLO);
    const { data } = await openai.models.list();
    expect(data.map((model) => model.id)).toContain('echo');
  });
});

describe('@anthropic-ai/sdk', () => {
  const input_schema = { ...parameters, required: ['city'] };
  const tools = [{ name: 'get_weather', input_schema }] satisfies Anthropic.Tool[];

  it('takes a whole answer', async () => {
    const answer = await anthropic.messages.create({ model: 'echo', max_tokens: 100, messages });
    expect(answer).toMatchObject({ content: [{ type: 'text', text: HELLO }], stop_reason: 'end_turn' });
    const counted = await anthropic.messages.countTokens({ model: 'echo', messages });
    expect(counted.input_tokens).toBe(answer.usage.input_tokens);
  });

  it('takes a stream in its strict helper', async () => {
    const whole = await anthropic.messages.create({ model: 'echo', max_tokens: 100, messages });
    const answer = await anthropic.messages
      .stream({ model: 'echo', max_tokens: 100, messages })
      .finalMessage();
    expect(answer.content).toEqual(whole.content);
    expect(answer.usage).toEqual(whole.usage);
  });

  it('takes a streamed call of a tool, and an answer to its result', async () => {
    const ask = { role: 'user', content: ASK_TOOL } satisfies Anthropic.MessageParam;
    const base = { model: 'echo', max_tokens: 100, tools };
    const first = await anthropic.messages.stream({ ...base, messages: [ask] }).finalMessage();
    expect(first).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'get_weather', input: { city: 'example', days: 1 } }],
    });
    const [call] = first.content;
    const tool_use_id = call?.type === 'tool_use' ? call.id : '';
    const second = await anthropic.messages.create({
      ...base,
      messages: [
        ask,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id, content: 'sunny' }] },
      ],
    });
    expect(second.content).toMatchObject([{ type: 'text', text: 'The tool answered: sunny' }]);
  });

  it('throws at an error event, at a cut and at an error', async () => {
    const run = (model: string) =>
      anthropic.messages.stream({ model, max_tokens: 100, messages }).finalMessage();
    await expect(run('fail-mid-error')).rejects.toThrow(/failed in mid-stream/);
    await expect(run('fail-mid')).rejects.toThrow();
    await expect(run('fail-429')).rejects.toThrow(Anthropic.RateLimitError);
    await expect(run('fail-401')).rejects.toThrow(Anthropic.AuthenticationError);
  });
});

describe('ai', () => {
  const models = {
    Responses: aiOpenai.responses('echo'),
    'Chat Completions': aiOpenai.chat('echo'),
    Messages: aiAnthropic('echo'),
  };
  const weather = tool({
    description: 'weather',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `sunny in ${city}`,
  });

  for (const [name, model] of Object.entries(models)) {
    it(`streams a loop of tools over ${name}`, async () => {
      const result = streamText({
        model,
        prompt: ASK_TOOL,
        maxOutputTokens: 1000,
        tools: { get_weather: weather },
        stopWhen: isStepCount(4),
        onError: ({ error }) => {
          throw error;
        },
      });
      const errors: unknown[] = [];
      for await (const part of result.stream) if (part.type === 'error') errors.push(part.error);
      expect(errors).toEqual([]);
      expect(await result.text).toContain('sunny in example');
      expect(await result.finishReason).toBe('stop');
      expect(await result.steps).toHaveLength(2);
    });

    it(`makes an object over ${name}`, async () => {
      const schema = z.object({
        city: z.string(),
        kind: z.enum(['big', 'small']),
        sights: z.array(z.string()).min(2),
      });
      const { output } = await generateText({
        model,
        prompt: HELLO,
        maxOutputTokens: 1000,
        output: Output.object({ schema }),
      });
      expect(output).toEqual({ city: 'example', kind: 'big', sights: ['example', 'example'] });
    });
  }
});

describe('@openai/agents', () => {
  it('runs an agent with a tool to its end', async () => {
    const provider = new OpenAIProvider({ openAIClient: openai, useResponses: true });
    const runner = new Runner({ modelProvider: provider, tracingDisabled: true });
    const get_weather = agentTool({
      name: 'get_weather',
      description: 'weather',
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => `sunny in ${city}`,
    });
    const agent = new Agent({ name: 'a', instructions: 'be brief', model: 'echo', tools: [get_weather] });
    const stream = await runner.run(agent, ASK_TOOL, { stream: true });
    await stream.completed;
    expect(stream.finalOutput).toBe('The tool answered: sunny in example');
  });
});
