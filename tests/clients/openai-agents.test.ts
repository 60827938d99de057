import { Agent, handoff, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type BlackBox, KEY } from '../support/black-box.ts';
import { json, status429 } from '../support/fault-upstream.ts';
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
import { CHAT_WIRE, cutStream, endlessStream, RESPONSES_WIRE } from './events.ts';

/** Goes to the upstream. */
const MODEL = 'gpt-4o-mini';

const DIALECTS = [
  { name: 'Responses', wire: RESPONSES_WIRE, useResponses: true },
  { name: 'Chat Completions', wire: CHAT_WIRE, useResponses: false },
] as const;

const get_weather = tool({
  name: 'get_weather',
  description: 'The weather to come',
  parameters: z.object({ city: z.string(), days: z.number().int() }),
  execute: async ({ city }) => `sunny in ${city}`,
});

function runnerAt({ gateway }: BlackBox, useResponses: boolean, apiKey = KEY): Runner {
  const openAIClient = new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  return new Runner({ modelProvider: new OpenAIProvider({ openAIClient, useResponses }) });
}

function agentOf(model: string) {
  return new Agent({ name: 'weatherman', instructions: 'Be brief.', model, tools: [get_weather] });
}

describeClient('@openai/agents', (box) => {
  // Traces would go to the internet.
  beforeAll(() => setTracingDisabled(true));

  describe.each(DIALECTS)('over $name', ({ wire, useResponses }) => {
    const run = (model: string, apiKey?: string) =>
      runnerAt(box, useResponses, apiKey).run(agentOf(model), HELLO);
    const stream = (model: string, signal?: AbortSignal) =>
      runnerAt(box, useResponses).run(agentOf(model), HELLO, {
        stream: true,
        ...(signal === undefined ? {} : { signal }),
      });

    it('takes a whole answer and a stream', async () => {
      expect((await run('sandbox/echo')).finalOutput).toBe(HELLO);
      const streamed = await stream('sandbox/echo');
      expect((await collect(streamed.toTextStream())).join('')).toBe(HELLO);
      await streamed.completed;
      expect(streamed.finalOutput).toBe(HELLO);
    });

    it('runs a loop of tools to its end, whole and streamed', async () => {
      const runner = runnerAt(box, useResponses);
      const whole = await runner.run(agentOf('sandbox/echo'), ASK_WEATHER);
      const streamed = await runner.run(agentOf('sandbox/echo'), ASK_WEATHER, { stream: true });
      await streamed.completed;
      for (const { finalOutput, rawResponses } of [whole, streamed]) {
        expect(finalOutput).toBe('The tool answered: sunny in example');
        expect(rawResponses).toHaveLength(2);
      }
    });

    it('hands over to another agent', async () => {
      const expert = new Agent({ name: 'expert', model: 'sandbox/echo', instructions: 'Be wise.' });
      const handoffs = [handoff(expert, { toolNameOverride: 'ask_expert' })];
      const desk = new Agent({ name: 'desk', model: 'sandbox/echo', instructions: 'Hand over.', handoffs });
      const result = await runnerAt(box, useResponses).run(desk, 'Please use ask_expert');
      expect(result.lastAgent?.name).toBe('expert');
      expect(result.finalOutput).toContain('expert');
    });

    it('makes an object by a schema', async () => {
      const outputType = z.object({ city: z.string(), sights: z.array(z.string()).min(2) });
      const agent = new Agent({ name: 'guide', model: 'sandbox/echo', instructions: 'Guide.', outputType });
      const { finalOutput } = await runnerAt(box, useResponses).run(agent, HELLO);
      expect(finalOutput).toEqual({ city: 'example', sights: ['example', 'example'] });
    });

    it('raises the classes of its client', async () => {
      expect(await thrown(run(MODEL, WRONG_KEY))).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(await thrown(run('nobodys-model'))).toBeInstanceOf(OpenAI.NotFoundError);
      box.upstream.script(status429('7'));
      expect(await thrown(run(MODEL))).toBeInstanceOf(OpenAI.RateLimitError);
      box.upstream.script(json(500, { error: { message: 'oops' } }));
      expect(await thrown(run(MODEL))).toMatchObject({ status: 502, code: 'upstream_failed' });
    });

    it.each(CUTS)('raises in mid-stream: $name', async ({ how }) => {
      box.upstream.script(cutStream(wire, how));
      const streamed = await stream(MODEL);
      const error = await thrown(streamed.completed);
      expect(error).toBeInstanceOf(OpenAI.APIError);
      expect(error).toMatchObject({ code: 'upstream_failed' });
    });

    it('raises at the sandbox that breaks off, and at its error event', async () => {
      for (const model of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
        expect(await thrown((await stream(model)).completed)).toBeInstanceOf(OpenAI.APIError);
      }
    });

    it('stops the upstream when it aborts a stream', async () => {
      box.upstream.script(endlessStream(wire));
      const leaving = new AbortController();
      const streamed = await stream(MODEL, leaving.signal);
      const words = streamed.toTextStream()[Symbol.asyncIterator]();
      expect((await words.next()).value).toBe('word ');
      await expectStopped(box, () => leaving.abort());
    });
  });

  it('continues a conversation by the id of the response before', async () => {
    const runner = runnerAt(box, true);
    const first = await runner.run(agentOf('sandbox/echo'), HELLO);
    if (first.lastResponseId === undefined) throw new Error('the SDK knows no id');
    const previousResponseId = first.lastResponseId;
    const second = await runner.run(agentOf('sandbox/echo'), 'And?', { previousResponseId });
    expect(second.finalOutput).toBe('And?');
  });

  it('sends its instructions and tools as they are', async () => {
    box.upstream.script(json(500, {}));
    await thrown(runnerAt(box, true).run(agentOf(MODEL), HELLO));
    expect(newest(box).path).toBe('/v1/responses');
    expect(sentBody(box)).toMatchObject({
      instructions: 'Be brief.',
      tools: [{ type: 'function', name: 'get_weather', strict: true }],
    });
  });
});
