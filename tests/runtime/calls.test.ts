import { expect, it } from 'vitest';
import {
  CHAT,
  CHAT_REPLY,
  chatEvents,
  describeBlackBox,
  KEY,
  MESSAGES,
  RESPONSES,
  SECRETS,
  USAGE_EVENT,
} from '../support/black-box.ts';
import { json, sse } from '../support/fault-upstream.ts';

const MESSAGE_REPLY = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1000, output_tokens: 100 },
};
const RESPONSE_REPLY = {
  id: 'resp_0001abcd',
  object: 'response',
  status: 'completed',
  model: 'gpt-4o-mini',
  output: [],
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
};

describeBlackBox('calls', (box) => {
  const rows = [
    ['/v1/chat/completions', CHAT, CHAT_REPLY, '/v1/chat/completions'],
    [
      '/v1/completions',
      { model: 'gpt-4o-mini', prompt: 'Hi' },
      { choices: [], usage: null },
      '/v1/completions',
    ],
    [
      '/v1/embeddings',
      { model: 'text-embedding-3-small', input: 'Hi' },
      { data: [], usage: { prompt_tokens: 2, total_tokens: 2 } },
      '/v1/embeddings',
    ],
    ['/v1/responses', RESPONSES, RESPONSE_REPLY, '/v1/responses'],
    ['/v1/messages', MESSAGES, MESSAGE_REPLY, '/v1/messages'],
    ['/v1/messages/count_tokens', MESSAGES, { input_tokens: 3 }, '/v1/messages/count_tokens'],
  ] as const;

  it.each(rows)('%s: the same bytes go up and come back', async (path, request, reply, upstreamPath) => {
    box.upstream.script(json(200, reply));
    const bytes = ` ${JSON.stringify({ ...request, unknown_field: { x: 1.0 } })}\n`;
    const answer = await box.call(path, bytes);
    expect(await answer.text()).toBe(JSON.stringify(reply));
    expect(answer.status).toBe(200);
    const got = box.upstream.journal.at(-1);
    expect(got?.path).toBe(upstreamPath);
    expect(got?.body.toString()).toBe(bytes);
  });

  it('passes the query on', async () => {
    box.upstream.script(json(200, MESSAGE_REPLY));
    await (await box.call('/v1/messages?beta=true', MESSAGES)).text();
    expect(box.upstream.journal.at(-1)?.path).toBe('/v1/messages?beta=true');
  });

  it('leaves it to the provider to judge a conversation without messages', async () => {
    box.upstream.script(json(400, { error: { message: 'empty array' } }));
    const answer = await box.call('/v1/chat/completions', { model: 'gpt-4o-mini', messages: [] });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('empty array');
  });

  it('says what it did in headers', async () => {
    box.upstream.script(
      json(200, CHAT_REPLY, {
        'x-request-id': 'up-1',
        'openai-organization': 'org-secret',
        'set-cookie': 'a=b',
      }),
    );
    const { headers, status } = await box.call('/v1/chat/completions', CHAT, {
      headers: { 'x-request-id': 'mine-1' },
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'x-request-id': 'mine-1',
      'x-llm-edge-upstream-request-id': 'up-1',
      'x-llm-edge-cache': 'bypass',
      'x-llm-edge-provider': 'openai',
      'x-llm-edge-model': 'gpt-4o-mini',
      'x-llm-edge-attempts': '1',
      // 1000 x $0.15 + 100 x $0.60 a million.
      'x-llm-edge-cost-usd': '0.00021',
    });
    expect(headers['server-timing']).toMatch(/^gateway;dur=[\d.]+, upstream;dur=[\d.]+$/);
    expect(headers).not.toHaveProperty('openai-organization');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('sends each provider its own key in its own header, and nothing of the client', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    const extra = { cookie: 'session=1', 'x-forwarded-for': '10.0.0.1', 'openai-organization': 'org-other' };
    await (await box.call('/v1/chat/completions', CHAT, { headers: extra })).text();
    const chat = box.upstream.journal.at(-1);
    expect(chat?.headers.authorization).toBe(`Bearer ${SECRETS.openai}`);
    for (const name of Object.keys(extra)) expect(chat?.headers).not.toHaveProperty(name);
    expect(chat?.rawHeaders.join()).not.toContain(KEY);

    box.upstream.script(json(200, MESSAGE_REPLY));
    await (await box.call('/v1/messages', MESSAGES)).text();
    const messages = box.upstream.journal.at(-1);
    expect(messages?.headers['x-api-key']).toBe(SECRETS.anthropic);
    expect(messages?.headers).not.toHaveProperty('authorization');
    expect(messages?.headers['anthropic-version']).toBe('2023-06-01');
  });

  it.each(['2023-06-01', '2026-10-21'])(
    'passes the client version %s of the Anthropic API on, and its betas',
    async (version) => {
      box.upstream.script(json(200, MESSAGE_REPLY));
      await (
        await box.call('/v1/messages', MESSAGES, {
          headers: { 'anthropic-version': version, 'anthropic-beta': 'x-1' },
        })
      ).text();
      expect(box.upstream.journal.at(-1)?.headers).toMatchObject({
        'anthropic-version': version,
        'anthropic-beta': 'x-1',
      });
    },
  );

  it('takes the key as Bearer or as x-api-key on every dialect', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    const answer = await box.call('/v1/chat/completions', CHAT, {
      headers: { authorization: '', 'x-api-key': KEY },
    });
    expect(answer.status).toBe(200);
  });

  it('routes "provider/model" to the provider, by the model name it knows', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    const answer = await box.call('/v1/chat/completions', { ...CHAT, model: 'openai/some-new-model' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(box.upstream.journal.at(-1)?.body.toString() ?? '')).toMatchObject({
      model: 'some-new-model',
    });
    expect(answer.headers).not.toHaveProperty('x-llm-edge-cost-usd');
  });

  it('says what to do about a model nobody serves, and about one that another endpoint serves', async () => {
    const unknown = await box.call('/v1/chat/completions', { ...CHAT, model: 'nobodys-model' });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      error: { code: 'model_not_found', param: 'model', message: expect.stringContaining('openai') },
    });
    const elsewhere = await box.call('/v1/embeddings', { model: 'claude-haiku-4-5', input: 'x' });
    expect(elsewhere.status).toBe(400);
    expect(await elsewhere.json()).toMatchObject({
      error: { message: expect.stringContaining('embeddings') },
    });
  });

  it('answers in the dialect of the caller, errors too', async () => {
    const openai = await box.call('/v1/chat/completions', CHAT, {
      headers: { authorization: 'Bearer wrong-key-0000000000' },
    });
    expect(openai.status).toBe(401);
    expect(await openai.json()).toEqual({
      error: {
        message: expect.any(String),
        type: 'authentication_error',
        param: null,
        code: 'invalid_api_key',
      },
    });
    const anthropic = await box.call('/v1/messages', MESSAGES, { headers: { authorization: '' } });
    expect(anthropic.status).toBe(401);
    expect(await anthropic.json()).toEqual({
      type: 'error',
      error: { type: 'authentication_error', message: expect.any(String) },
      request_id: anthropic.headers['x-request-id'],
    });
  });

  it('streams chat with usage asked for, and hides what the client did not ask for', async () => {
    const events = chatEvents(['a', 'b']);
    const withUsage = [...events.slice(0, -1), USAGE_EVENT, 'data: [DONE]'];
    box.upstream.script(sse(withUsage));
    const plain = await box.call('/v1/chat/completions', { ...CHAT, stream: true });
    expect(plain.headers['content-type']).toContain('text/event-stream');
    expect(await plain.text()).toBe(events.map((event) => `${event}\n\n`).join(''));
    expect(box.upstream.journal.at(-1)?.body.toString()).toContain('"stream_options":{"include_usage":true}');

    const asked = await box.call('/v1/chat/completions', {
      ...CHAT,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(await asked.text()).toBe(withUsage.map((event) => `${event}\n\n`).join(''));
  });

  it('lists the models of its providers in both shapes, and finds one', async () => {
    const openai = (await (await box.call('/v1/models')).json()) as {
      data: { id: string; owned_by: string }[];
    };
    expect(openai.data).toContainEqual({
      id: 'gpt-4o-mini',
      object: 'model',
      created: 0,
      owned_by: 'openai',
    });
    const anthropic = (await (
      await box.call('/v1/models', undefined, { headers: { 'anthropic-version': '2023-06-01' } })
    ).json()) as { data: { id: string }[] };
    expect(anthropic.data.map(({ id }) => id)).toContain('claude-haiku-4-5');
    expect((await box.call('/v1/models/gpt-4o-mini')).status).toBe(200);
    expect((await box.call('/v1/models/openai/gpt-4o-mini')).status).toBe(200);
    expect((await box.call('/v1/models/nope')).status).toBe(404);
    expect((await box.call('/v1/models', undefined, { headers: { authorization: '' } })).status).toBe(401);
  });
});
