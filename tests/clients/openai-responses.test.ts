import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { KEY } from '../support/black-box.ts';
import { hangAfter, json, sse, status429 } from '../support/fault-upstream.ts';
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
import { cutStream, endlessStream, RESPONSES_WIRE } from './events.ts';

type Input = OpenAI.Responses.ResponseInputItem;

const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: WEATHER_SCHEMA,
  strict: true,
} satisfies OpenAI.Responses.Tool;
/** Goes to the upstream. */
const MODEL = 'gpt-4o-mini';
const REPLY = {
  id: 'resp_0001abcd',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: MODEL,
  output: [],
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
};

describeClient('openai, Responses', (box) => {
  const client = (apiKey = KEY) =>
    new OpenAI({ apiKey, maxRetries: 0, baseURL: `${box.gateway.url}/v1` }).responses;
  const stream = (model: string) => client().create({ model, input: HELLO, stream: true });

  it('takes a whole answer, finds it again and deletes it', async () => {
    const answer = await client().create({ model: 'sandbox/echo', input: HELLO });
    expect(answer).toMatchObject({ status: 'completed', output_text: HELLO });
    expect((await client().retrieve(answer.id)).output_text).toBe(HELLO);
    const items = await collect(client().inputItems.list(answer.id));
    expect(items).toMatchObject([{ role: 'user', content: [{ text: HELLO }] }]);
    await client().delete(answer.id);
    expect(await thrown(client().retrieve(answer.id))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('takes a stream in its strict helper, and finds that answer as well', async () => {
    const asked = client().stream({ model: 'sandbox/echo', input: HELLO });
    let text = '';
    asked.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const answer = await asked.finalResponse();
    expect([answer.output_text, text]).toEqual([HELLO, HELLO]);
    expect((await client().retrieve(answer.id)).output_text).toBe(HELLO);
  });

  it('keeps an answer from other keys', async () => {
    const { id } = await client().create({ model: 'sandbox/echo', input: HELLO });
    const other = client(OTHER_KEY);
    const tries: (() => PromiseLike<unknown>)[] = [
      () => other.retrieve(id),
      () => other.delete(id),
      () => other.cancel(id),
      () => other.create({ model: 'sandbox/echo', input: HELLO, previous_response_id: id }),
    ];
    for (const attempt of tries) expect(await thrown(attempt())).toBeInstanceOf(OpenAI.NotFoundError);
    expect((await client().retrieve(id)).output_text).toBe(HELLO);
  });

  it('keeps an answer from other keys that write its id with an escape of JSON', async () => {
    const { id } = await client().create({ model: 'sandbox/echo', input: HELLO });
    const body = { model: 'sandbox/echo', input: HELLO, previous_response_id: id };
    const headers = { authorization: `Bearer ${OTHER_KEY}` };
    const escaped = JSON.stringify(body).replace('"resp_', '"resp\\u005f');
    expect(JSON.parse(escaped)).toEqual(body);
    expect((await box.call('/v1/responses', escaped, { headers })).status).toBe(404);
  });

  it.each([false, true])('goes through a round of a tool, streaming: %s', async (streaming) => {
    const ask = (input: Input[], previous_response_id: string | null) => {
      const body = { model: 'sandbox/echo', tools: [weather], input, previous_response_id };
      return streaming ? client().stream(body).finalResponse() : client().create(body);
    };
    const first = await ask([{ role: 'user', content: ASK_WEATHER }], null);
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error(`no call but ${JSON.stringify(call)}`);
    expect(call.name).toBe('get_weather');
    expect(JSON.parse(call.arguments)).toEqual(WEATHER_CALL);
    const result: Input = { type: 'function_call_output', call_id: call.call_id, output: 'sunny' };
    const second = await ask([result], first.id);
    expect(second.output_text).toBe('The tool answered: sunny');
    expect(second.previous_response_id).toBe(first.id);
  });

  it('parses an answer by its schema', async () => {
    const answer = await client().parse({
      model: 'sandbox/echo',
      input: HELLO,
      text: { format: { type: 'json_schema', name: 'weather', strict: true, schema: WEATHER_SCHEMA } },
    });
    expect(answer.output_parsed).toMatchObject({ city: 'example' });
  });

  it('starts an answer in the background, sees it in progress and cancels it', async () => {
    const body = { model: 'sandbox/slow-60000', input: HELLO, background: true };
    const started = await client().create(body);
    expect((await client().retrieve(started.id)).status).toBe('in_progress');
    expect((await client().cancel(started.id)).status).toBe('cancelled');
    expect((await client().retrieve(started.id)).status).toBe('cancelled');
  });

  it('finds an answer with the query that it asks for', async () => {
    box.upstream.script(json(200, REPLY));
    const { id } = await client().create({ model: MODEL, input: HELLO });
    await client().retrieve(id, { include: ['reasoning.encrypted_content'] });
    const { method, path } = newest(box);
    expect([method, decodeURIComponent(path)]).toEqual([
      'GET',
      `/v1/responses/${id}?include[]=reasoning.encrypted_content`,
    ]);
    box.upstream.script(sse(RESPONSES_WIRE.events(['Hello'])));
    const resumed = await collect(await client().retrieve(id, { stream: true, starting_after: 2 }));
    expect(newest(box).path).toBe(`/v1/responses/${id}?stream=true&starting_after=2`);
    expect(resumed.at(-1)?.type).toBe('response.completed');
  });

  it.each([
    ['a tool of the provider', { tools: [{ type: 'file_search', vector_store_ids: [] }] }],
    ['the name of a function', { tools: [{ ...weather, name: 'run_command' }] }],
    [
      'a parameter of a function',
      { tools: [{ ...weather, parameters: { properties: { run_in_background: {} } } }] },
    ],
    ['what a user says', { input: 'step-by-step' }],
  ] satisfies [string, Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>][])(
    'may send %s that looks like the id of a stored object',
    async (_, more) => {
      box.upstream.script(json(200, REPLY));
      await client().create({ model: MODEL, input: HELLO, ...more });
      expect(sentBody(box)).toMatchObject(more);
    },
  );

  it('raises AuthenticationError and NotFoundError', async () => {
    const wrong = thrown(client(WRONG_KEY).create({ model: MODEL, input: HELLO }));
    expect(await wrong).toBeInstanceOf(OpenAI.AuthenticationError);
    for (const model of ['nobodys-model', 'sandbox/nope']) {
      expect(await thrown(stream(model))).toBeInstanceOf(OpenAI.NotFoundError);
    }
    const previous_response_id = 'resp_0000unknown';
    const orphan = client().create({ model: 'sandbox/echo', input: HELLO, previous_response_id });
    expect(await thrown(orphan)).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('raises RateLimitError and InternalServerError for the upstream', async () => {
    box.upstream.script(status429('7'));
    const limited = await thrown(stream(MODEL));
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited instanceof OpenAI.APIError && limited.headers?.get('retry-after')).toBe('7');
    box.upstream.script(json(500, { error: { message: 'oops' } }));
    const failed = await thrown(stream(MODEL));
    expect(failed).toBeInstanceOf(OpenAI.InternalServerError);
    expect(failed).toMatchObject({ status: 502, code: 'upstream_failed' });
  });

  it.each(CUTS)('raises APIError in mid-stream: $name', async ({ how }) => {
    box.upstream.script(cutStream(RESPONSES_WIRE, how));
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of await stream(MODEL)) types.push(type);
    })();
    const error = await thrown(reading);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: 'upstream_failed' });
    expect(types.filter((type) => type.endsWith('output_text.delta'))).toHaveLength(2);
    const helper = client().stream({ model: MODEL, input: HELLO });
    expect(await thrown(helper.finalResponse())).toBeInstanceOf(OpenAI.APIError);
  });

  it('raises at the sandbox that breaks off, and at its error event', async () => {
    for (const model of ['sandbox/fail-mid', 'sandbox/fail-mid-error']) {
      expect(await thrown(stream(model).then(collect))).toBeInstanceOf(OpenAI.APIError);
    }
  });

  it('stops the upstream when it aborts a stream, and when it leaves the loop', async () => {
    box.upstream.script(endlessStream(RESPONSES_WIRE));
    const aborted = await stream(MODEL);
    await aborted[Symbol.asyncIterator]().next();
    await expectStopped(box, () => aborted.controller.abort());

    const left = await stream(MODEL);
    await expectStopped(box, async () => {
      for await (const _ of left) break;
    });
  });

  it('gets each event when the upstream sends it', async () => {
    box.upstream.script(hangAfter(RESPONSES_WIRE.events(['Hel']).slice(0, 4)));
    const seen = await stream(MODEL);
    const types: string[] = [];
    for await (const { type } of seen) {
      types.push(type);
      if (type === 'response.output_text.delta') break;
    }
    expect(types).toHaveLength(4);
  });
});
