import OpenAI, { toFile } from 'openai';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import { expect, it } from 'vitest';
import { CHAT_REPLY, KEY } from '../support/black-box.ts';
import { contentLengthLie, hangBeforeHeaders, json, sse, status429 } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';
import {
  ASK_WEATHER,
  CUTS,
  collect,
  describeClient,
  expectStopped,
  HELLO,
  newest,
  OTHER_KEY,
  sentBody,
  thrown,
  WEATHER_CALL,
  WEATHER_SCHEMA,
  WRONG_KEY,
} from './describe-client.ts';
import { CHAT_WIRE, cutStream, endlessStream } from './events.ts';

const messages = [{ role: 'user', content: HELLO }] satisfies OpenAI.ChatCompletionMessageParam[];
/** Goes to the upstream. */
const MODEL = 'gpt-4o-mini';

describeClient('openai', (box) => {
  const client = (options: { apiKey?: string; maxRetries?: number } = {}) =>
    new OpenAI({ apiKey: KEY, maxRetries: 0, ...options, baseURL: `${box.gateway.url}/v1` });
  const chat = (model: string) => client().chat.completions.create({ model, messages });
  const stream = (model: string) => client().chat.completions.create({ model, messages, stream: true });

  it('takes a whole answer, and knows its request id', async () => {
    const answer = await chat('sandbox/echo');
    expect(answer.choices[0]).toMatchObject({ message: { content: HELLO }, finish_reason: 'stop' });
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer._request_id).toMatch(/^[\w-]{8,}$/);
  });

  it('takes a stream, with usage only when it asked for it', async () => {
    let text = '';
    for await (const chunk of await stream('sandbox/echo')) {
      expect(chunk.choices).toHaveLength(1);
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe(HELLO);
    const asked = client().chat.completions.stream({
      model: 'sandbox/echo',
      messages,
      n: 2,
      stream_options: { include_usage: true },
    });
    const answer = await asked.finalChatCompletion();
    expect(answer.choices.map((choice) => choice.message.content)).toEqual([HELLO, HELLO]);
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it.each([false, true])('runs a loop of tools to its end, streaming: %s', async (streaming) => {
    const calls: unknown[] = [];
    const get_weather: RunnableToolFunctionWithParse<object> = {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather to come',
        parameters: WEATHER_SCHEMA,
        parse: JSON.parse,
        function: (input) => {
          calls.push(input);
          return 'sunny';
        },
      },
    };
    const content = ASK_WEATHER;
    const body = {
      model: 'sandbox/echo',
      messages: [{ role: 'user' as const, content }],
      tools: [get_weather],
    };
    const { completions } = client().chat;
    const runner = streaming ? completions.runTools({ ...body, stream: true }) : completions.runTools(body);
    expect(await runner.finalContent()).toBe('The tool answered: sunny');
    expect(calls).toEqual([WEATHER_CALL]);
  });

  it('parses an answer by its schema', async () => {
    const json_schema = { name: 'weather', strict: true, schema: WEATHER_SCHEMA };
    const answer = await client().chat.completions.parse({
      model: 'sandbox/echo',
      messages,
      response_format: { type: 'json_schema', json_schema },
    });
    expect(answer.choices[0]?.message.parsed).toMatchObject({ city: 'example' });
  });

  it('takes embeddings, which it asks for in base64', async () => {
    const ask = { model: 'sandbox/embed', input: ['one', 'two'], dimensions: 64 };
    const { data } = await client().embeddings.create(ask);
    const plain = await client().embeddings.create({ ...ask, encoding_format: 'float' });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([64, 64]);
    expect(data[0]?.embedding).toEqual(plain.data[0]?.embedding);
  });

  it('takes completions, whole and streamed', async () => {
    const ask = { model: 'sandbox/echo', prompt: HELLO };
    expect((await client().completions.create(ask)).choices[0]?.text).toBe(HELLO);
    let text = '';
    for await (const chunk of await client().completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe(HELLO);
  });

  it('lists the models, and finds each by its name', async () => {
    const ids = (await collect(client().models.list())).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['sandbox/echo', 'gpt-4o-mini', 'claude-haiku-4-5']));
    expect(await client().models.retrieve('sandbox/echo')).toMatchObject({ owned_by: 'sandbox' });
    expect(await thrown(client().models.retrieve('nope'))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('uploads a file, which passes byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
    box.upstream.script(json(200, { id: 'file-0001abcd', object: 'file', purpose: 'batch' }));
    const file = await client().files.create({ file: await toFile(bytes, 'input.jsonl'), purpose: 'batch' });
    expect(file.id).toBe('file-0001abcd');
    const { path, headers, body } = newest(box);
    expect([path, headers['content-type']]).toEqual([
      '/v1/files',
      expect.stringMatching(/^multipart\/form-data; boundary=/),
    ]);
    expect(body.includes(Buffer.from(bytes))).toBe(true);
  });

  it('keeps its files from other keys, and reaches all else of a provider by its proxy path', async () => {
    box.upstream.script(json(200, { id: 'file-0002abcd', object: 'file' }));
    const file = await client().files.create({
      file: await toFile(new Uint8Array([65]), 'a.txt'),
      purpose: 'user_data',
    });
    expect((await client().files.retrieve(file.id)).id).toBe(file.id);
    const other = client({ apiKey: OTHER_KEY });
    expect(await thrown(other.files.retrieve(file.id))).toBeInstanceOf(OpenAI.NotFoundError);
    expect(await thrown(other.files.list())).toBeInstanceOf(OpenAI.PermissionDeniedError);

    box.upstream.script(json(200, { id: 'conv_0001abcd', object: 'conversation' }));
    const proxied = (apiKey: string) =>
      new OpenAI({ apiKey, maxRetries: 0, baseURL: `${box.gateway.url}/proxy/openai` }).conversations;
    const { id } = await proxied(KEY).create({});
    expect(newest(box).path).toBe('/v1/conversations');
    expect((await proxied(KEY).retrieve(id)).id).toBe(id);
    expect(await thrown(proxied(OTHER_KEY).retrieve(id))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('raises AuthenticationError at a key that the gateway does not know', async () => {
    const wrong = client({ apiKey: WRONG_KEY });
    const calls = [
      () => wrong.models.list(),
      () => wrong.chat.completions.create({ model: MODEL, messages }),
    ];
    for (const call of calls) {
      const error = await thrown(call());
      expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', requestID: expect.any(String) });
    }
  });

  it.each(['nobodys-model', 'sandbox/nope'])('raises NotFoundError at the model %s', async (model) => {
    for (const call of [chat, stream]) {
      const error = await thrown(call(model));
      expect(error).toBeInstanceOf(OpenAI.NotFoundError);
      expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    }
  });

  it('raises RateLimitError at the 429 of an upstream, with its retry-after', async () => {
    box.upstream.script(status429('7'));
    const error = await thrown(chat(MODEL));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(error instanceof OpenAI.APIError && error.headers?.get('retry-after')).toBe('7');
  });

  it('tries again after as long as the upstream said', async () => {
    box.upstream.script(status429('1'), json(200, CHAT_REPLY));
    const startedAt = performance.now();
    const patient = client({ maxRetries: 1 });
    const answer = await patient.chat.completions.create({ model: MODEL, messages });
    expect(answer.choices[0]?.message.content).toBe('Hello');
    // Without the header it is half a second.
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it('raises BadRequestError with the words of the upstream', async () => {
    const refusal = {
      message: 'too long',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context',
    };
    box.upstream.script(json(400, { error: refusal }));
    for (const call of [chat, stream]) {
      const error = await thrown(call(MODEL));
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(error).toMatchObject({ status: 400, error: refusal });
    }
  });

  it('raises InternalServerError when the upstream fails, or breaks off a whole answer', async () => {
    const failures = [
      json(500, { error: { message: 'oops' } }),
      contentLengthLie(JSON.stringify(CHAT_REPLY)),
    ];
    for (const failure of failures) {
      box.upstream.script(failure);
      const error = await thrown(chat(MODEL));
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
      expect(error).toMatchObject({ status: 502, code: 'upstream_failed' });
    }
  });

  it.each(CUTS)('raises APIError in mid-stream: $name', async ({ how }) => {
    box.upstream.script(cutStream(CHAT_WIRE, how));
    let text = '';
    const reading = (async () => {
      for await (const chunk of await stream(MODEL)) text += chunk.choices[0]?.delta.content ?? '';
    })();
    const error = await thrown(reading);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: 'upstream_failed' });
    expect(text).toBe('Hello');
    const helper = client().chat.completions.stream({ model: MODEL, messages });
    expect(await thrown(helper.finalChatCompletion())).toBeInstanceOf(OpenAI.APIError);
  });

  it('raises at the sandbox that breaks off, and at its error event', async () => {
    for (const model of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
      expect(await thrown(stream(model).then(collect))).toBeInstanceOf(OpenAI.APIError);
    }
  });

  it('raises what an upstream says in mid-stream, in its words', async () => {
    const error = { message: 'too many of you', type: 'server_error', code: 'overloaded' };
    box.upstream.script(sse([...CHAT_WIRE.events(['Hel']).slice(0, 2), { data: { error } }]));
    expect(await thrown(stream(MODEL).then(collect))).toMatchObject({ error });
  });

  it('stops the upstream when it aborts a stream, and when it leaves the loop', async () => {
    box.upstream.script(endlessStream(CHAT_WIRE));
    const aborted = await stream(MODEL);
    await aborted[Symbol.asyncIterator]().next();
    await expectStopped(box, () => aborted.controller.abort());

    const left = await stream(MODEL);
    await expectStopped(box, async () => {
      for await (const _ of left) break;
    });
  });

  it('stops the upstream when it aborts or gives up a call that is not answered', async (test) => {
    test.skip(box.runtime === 'workerd', 'a Worker that writes nothing takes the FIN for a half-close');
    box.upstream.script(hangBeforeHeaders);
    const count = box.upstream.journal.length;
    const leaving = new AbortController();
    const call = client().chat.completions.create({ model: MODEL, messages }, { signal: leaving.signal });
    const aborted = thrown(call);
    await until('the upstream has the call', () => box.upstream.journal[count]);
    await expectStopped(box, () => leaving.abort());
    expect(await aborted).toBeInstanceOf(OpenAI.APIUserAbortError);

    const hasty = client().chat.completions.create({ model: MODEL, messages }, { timeout: 150 });
    expect(await thrown(hasty)).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    await expectStopped(box, () => {});
  });

  it('sends what the gateway does not know, and gets what the SDK does not know', async () => {
    box.upstream.script(json(200, { ...CHAT_REPLY, x_new: { a: 1 } }));
    const body = { model: MODEL, messages, x_future: [1.5, null] };
    expect(await client().chat.completions.create(body)).toMatchObject({ x_new: { a: 1 } });
    expect(sentBody(box)).toEqual(body);
  });
});
