import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { expect, it } from 'vitest';
import { KEY } from '../support/black-box.ts';
import { hangBeforeHeaders, json, sse, status429 } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';
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
  WEATHER_CALL,
  WEATHER_SCHEMA,
  WRONG_KEY,
} from './describe-client.ts';
import { blockEvents, cutStream, endlessStream, MESSAGES_WIRE, messageOf } from './events.ts';

const messages = [{ role: 'user', content: HELLO }] satisfies Anthropic.MessageParam[];
/** Goes to the upstream. */
const MODEL = 'claude-haiku-4-5';
const REPLY = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: MODEL,
  content: [
    { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmF0dXJl' },
    { type: 'redacted_thinking', data: 'b3BhcXVl' },
    { type: 'text', text: 'Hello' },
  ],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 9, output_tokens: 5 },
};
const THINKING_EVENTS = messageOf([
  ...blockEvents(0, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'Let me' },
    { type: 'thinking_delta', thinking: ' see.' },
    { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
  ]),
  ...blockEvents(1, { type: 'redacted_thinking', data: 'b3BhcXVl' }, []),
  ...blockEvents(2, { type: 'text', text: '' }, [{ type: 'text_delta', text: 'Hello' }]),
]);

describeClient('@anthropic-ai/sdk', (box) => {
  const client = (options: { apiKey?: string | null; authToken?: string; maxRetries?: number } = {}) =>
    new Anthropic({ apiKey: KEY, maxRetries: 0, ...options, baseURL: box.gateway.url });
  const ask = (model: string) => ({ model, max_tokens: 1000, messages });
  const create = (model: string) => client().messages.create(ask(model));
  const stream = (model: string) => client().messages.create({ ...ask(model), stream: true });

  it('takes a whole answer, knows its request id, and counts its tokens beforehand', async () => {
    const answer = await create('sandbox/echo');
    expect(answer).toMatchObject({ content: [{ type: 'text', text: HELLO }], stop_reason: 'end_turn' });
    expect(answer._request_id).toMatch(/^[\w-]{8,}$/);
    const { input_tokens } = await client().messages.countTokens({ model: 'sandbox/echo', messages });
    expect(input_tokens).toBe(answer.usage.input_tokens);
  });

  it('takes a stream in its strict helper', async () => {
    const asked = client().messages.stream(ask('sandbox/echo'));
    let text = '';
    asked.on('text', (delta) => {
      text += delta;
    });
    const answer = await asked.finalMessage();
    const whole = await create('sandbox/echo');
    expect(text).toBe(HELLO);
    expect([answer.content, answer.usage]).toEqual([whole.content, whole.usage]);
  });

  it('sends a token in place of a key', async () => {
    const answer = await client({ apiKey: null, authToken: KEY }).messages.create(ask('sandbox/echo'));
    expect(answer.stop_reason).toBe('end_turn');
  });

  it.each([false, true])('runs a loop of tools to its end, streaming: %s', async (streaming) => {
    const calls: unknown[] = [];
    const get_weather = betaTool({
      name: 'get_weather',
      description: 'The weather to come',
      inputSchema: WEATHER_SCHEMA,
      run: (input) => {
        calls.push(input);
        return 'sunny';
      },
    });
    const content = ASK_WEATHER;
    const answer = await client().beta.messages.toolRunner({
      ...ask('sandbox/echo'),
      messages: [{ role: 'user', content }],
      tools: [get_weather],
      stream: streaming,
    });
    expect(answer.content).toMatchObject([{ type: 'text', text: 'The tool answered: sunny' }]);
    expect(calls).toEqual([WEATHER_CALL]);
  });

  it('parses an answer by its schema', async () => {
    const format = { type: 'json_schema' as const, schema: WEATHER_SCHEMA };
    const answer = await client().messages.create({ ...ask('sandbox/echo'), output_config: { format } });
    const [block] = answer.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toMatchObject({ city: 'example' });
  });

  it('gets thinking with its signatures, whole and streamed, and may send it back', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 } satisfies Anthropic.ThinkingConfigParam;
    const body = { ...ask(MODEL), max_tokens: 2000, thinking };
    box.upstream.script(json(200, REPLY));
    const whole = await client().messages.create(body);
    expect(whole.content).toEqual(REPLY.content);
    expect(sentBody(box)).toEqual(body);

    box.upstream.script(sse(THINKING_EVENTS));
    const streamed = await client().messages.stream(body).finalMessage();
    expect(streamed.content).toEqual(REPLY.content);

    const turns = [...messages, { role: 'assistant' as const, content: streamed.content }];
    box.upstream.script(json(200, REPLY));
    await client().messages.create({ ...body, messages: [...turns, { role: 'user', content: 'And?' }] });
    expect(sentBody(box)).toMatchObject({ messages: [messages[0], { content: REPLY.content }, {}] });
  });

  it('tells the upstream its betas and its version of the API', async () => {
    box.upstream.script(json(200, REPLY));
    const betas = ['interleaved-thinking-2025-05-14', 'context-1m-2025-08-07'];
    const asked = await client().beta.messages.create({ ...ask(MODEL), betas });
    expect(asked.content).toHaveLength(3);
    expect(newest(box).headers).toMatchObject({
      'anthropic-beta': betas.join(','),
      'anthropic-version': '2026-10-21',
    });
    box.upstream.script(json(200, { input_tokens: 3 }));
    await client().beta.messages.countTokens({ model: MODEL, messages, betas });
    expect(newest(box)).toMatchObject({
      path: expect.stringMatching(/^\/v1\/messages\/count_tokens/),
      headers: { 'anthropic-beta': expect.stringContaining(betas[0] ?? '') },
    });
  });

  it('lists the models, and finds each by its name', async () => {
    const ids = (await collect(client().models.list({ limit: 1000 }))).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['sandbox/echo', 'gpt-4o-mini', MODEL]));
    const found = { type: 'model', id: MODEL, display_name: MODEL };
    expect(await client().models.retrieve(MODEL)).toMatchObject(found);
    expect(await thrown(client().models.retrieve('nope'))).toBeInstanceOf(Anthropic.NotFoundError);
  });

  it('raises AuthenticationError at a key that the gateway does not know', async () => {
    const wrong = client({ apiKey: WRONG_KEY });
    const calls = [
      () => wrong.models.list(),
      () => wrong.messages.create(ask(MODEL)),
      () => wrong.messages.countTokens({ model: MODEL, messages }),
    ];
    for (const call of calls) {
      const error = await thrown(call());
      expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
      expect(error).toMatchObject({ type: 'authentication_error', requestID: expect.any(String) });
    }
  });

  it.each(['nobodys-model', 'sandbox/nope'])('raises NotFoundError at the model %s', async (model) => {
    for (const call of [create, stream]) {
      const error = await thrown(call(model));
      expect(error).toBeInstanceOf(Anthropic.NotFoundError);
      expect(error).toMatchObject({ type: 'not_found_error', apiMessage: expect.stringContaining('model') });
    }
  });

  it('raises RateLimitError at the 429 of an upstream, with its retry-after', async () => {
    box.upstream.script(status429('7'));
    const error = await thrown(create(MODEL));
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error instanceof Anthropic.APIError && error.headers?.get('retry-after')).toBe('7');
  });

  it('tries again after as long as the upstream said', async () => {
    box.upstream.script(status429('1'), json(200, REPLY));
    const startedAt = performance.now();
    const answer = await client({ maxRetries: 1 }).messages.create(ask(MODEL));
    expect(answer.stop_reason).toBe('end_turn');
    // Without the header it is half a second.
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it('raises BadRequestError with the words of the upstream', async () => {
    const error = { type: 'invalid_request_error', message: 'too long' };
    box.upstream.script(json(400, { type: 'error', error }));
    for (const call of [create, stream]) {
      const refused = await thrown(call(MODEL));
      expect(refused).toBeInstanceOf(Anthropic.BadRequestError);
      expect(refused).toMatchObject({ type: error.type, apiMessage: error.message });
    }
  });

  it('raises InternalServerError when the upstream fails', async () => {
    box.upstream.script(json(500, { type: 'error', error: { type: 'api_error', message: 'oops' } }));
    for (const call of [create, stream]) {
      const error = await thrown(call(MODEL));
      expect(error).toBeInstanceOf(Anthropic.InternalServerError);
      expect(error).toMatchObject({ status: 502, type: 'api_error' });
    }
  });

  it.each(CUTS)('raises APIError in mid-stream: $name', async ({ how }) => {
    box.upstream.script(cutStream(MESSAGES_WIRE, how));
    let text = '';
    const reading = (async () => {
      for await (const event of await stream(MODEL)) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text;
      }
    })();
    const error = await thrown(reading);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ type: 'api_error' });
    expect(text).toBe('Hello');
    const helper = client().messages.stream(ask(MODEL));
    expect(await thrown(helper.finalMessage())).toBeInstanceOf(Anthropic.APIError);
  });

  it('raises at the sandbox that breaks off, and at its error event', async () => {
    for (const model of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
      expect(await thrown(stream(model).then(collect))).toBeInstanceOf(Anthropic.APIError);
    }
  });

  it('raises what an upstream says in mid-stream, in its words', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const head = MESSAGES_WIRE.events(['Hel']).slice(0, 3);
    box.upstream.script(sse([...head, { event: 'error', data: { type: 'error', error } }]));
    const raised = await thrown(stream(MODEL).then(collect));
    expect(raised).toMatchObject({ type: 'overloaded_error', apiMessage: 'Overloaded' });
  });

  it('stops the upstream when it aborts a stream, and when it leaves the loop', async () => {
    box.upstream.script(endlessStream(MESSAGES_WIRE));
    const aborted = await stream(MODEL);
    await aborted[Symbol.asyncIterator]().next();
    await expectStopped(box, () => aborted.controller.abort());

    const left = await stream(MODEL);
    await expectStopped(box, async () => {
      for await (const _ of left) break;
    });
  });

  it('stops the upstream when it aborts a call that is not answered', async (test) => {
    test.skip(box.runtime === 'workerd', 'a Worker that writes nothing takes the FIN for a half-close');
    box.upstream.script(hangBeforeHeaders);
    const count = box.upstream.journal.length;
    const leaving = new AbortController();
    const aborted = thrown(client().messages.create(ask(MODEL), { signal: leaving.signal }));
    await until('the upstream has the call', () => box.upstream.journal[count]);
    await expectStopped(box, () => leaving.abort());
    expect(await aborted).toBeInstanceOf(Anthropic.APIUserAbortError);
  });
});
