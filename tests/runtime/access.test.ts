import { expect, it } from 'vitest';
import {
  CHAT,
  CHAT_REPLY,
  describeBlackBox,
  KEY,
  MESSAGES,
  RESPONSES,
  SECRETS,
} from '../support/black-box.ts';
import { json, sse } from '../support/fault-upstream.ts';

const OTHER_KEY = 'sk-gateway-test-key-0002';

describeBlackBox('keys', (box) => {
  const refused: [name: string, headers: Record<string, string>, code: string][] = [
    ['none', { authorization: '' }, 'missing_api_key'],
    ['an unknown one', { authorization: 'Bearer sk-unknown-key-00000' }, 'invalid_api_key'],
    ['the wrong case', { authorization: `Bearer ${KEY.toUpperCase()}` }, 'invalid_api_key'],
    ['a prefix', { authorization: `Bearer ${KEY.slice(0, -1)}` }, 'invalid_api_key'],
    ['one longer', { authorization: `Bearer ${KEY}x` }, 'invalid_api_key'],
    ['two that disagree', { 'x-api-key': OTHER_KEY }, 'invalid_api_key'],
    ['another scheme', { authorization: `Basic ${KEY}` }, 'invalid_api_key'],
    ['a very long one', { authorization: `Bearer ${'k'.repeat(8000)}` }, 'invalid_api_key'],
    ['the provider key', { authorization: `Bearer ${SECRETS.openai}` }, 'invalid_api_key'],
  ];
  it.each(refused)('%s → 401', async (_name, headers, code) => {
    const before = box.upstream.journal.length;
    const answer = await box.call('/v1/chat/completions', CHAT, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code } });
    expect(box.upstream.journal).toHaveLength(before);
  });

  it('in the query string are refused, valid or not', async () => {
    const answer = await box.call(`/v1/chat/completions?api_key=${KEY}`, CHAT);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('query string');
  });

  it('may come twice when they agree', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    expect((await box.call('/v1/chat/completions', CHAT, { headers: { 'x-api-key': KEY } })).status).toBe(
      200,
    );
  });
});

describeBlackBox(
  'tenants',
  (box) => {
    const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

    it('reach only the responses they made', async () => {
      box.upstream.script(
        json(200, {
          id: 'resp_ofTenantOne',
          object: 'response',
          usage: { input_tokens: 1, output_tokens: 1 },
        }),
      );
      await (await box.call('/v1/responses', RESPONSES, as(KEY))).text();
      const mine = await box.call('/v1/responses/resp_ofTenantOne', undefined, as(KEY));
      expect(mine.status).toBe(200);
      expect(box.upstream.journal.at(-1)).toMatchObject({
        method: 'GET',
        path: '/v1/responses/resp_ofTenantOne',
      });
      const before = box.upstream.journal.length;
      for (const [method, path] of [
        ['GET', '/v1/responses/resp_ofTenantOne'],
        ['DELETE', '/v1/responses/resp_ofTenantOne'],
        ['POST', '/v1/responses/resp_ofTenantOne/cancel'],
        ['GET', '/v1/responses/resp_ofTenantOne/input_items'],
        ['GET', '/proxy/openai/responses/resp_ofTenantOne'],
      ] as const) {
        const answer = await box.call(path, method === 'POST' ? {} : undefined, { method, ...as(OTHER_KEY) });
        expect([path, answer.status]).toEqual([path, 404]);
      }
      const continued = await box.call(
        '/v1/responses',
        { ...RESPONSES, previous_response_id: 'resp_ofTenantOne' },
        as(OTHER_KEY),
      );
      expect(continued.status).toBe(404);
      expect(box.upstream.journal).toHaveLength(before);
    });

    it('reach the responses they made in a stream', async () => {
      box.upstream.script(
        sse([
          {
            event: 'response.created',
            data: { type: 'response.created', sequence_number: 0, response: { id: 'resp_streamed1' } },
          },
          {
            event: 'response.completed',
            data: { type: 'response.completed', sequence_number: 1, response: { id: 'resp_streamed1' } },
          },
        ]),
        json(200, {}),
      );
      await (await box.call('/v1/responses', { ...RESPONSES, stream: true }, as(KEY))).text();
      expect((await box.call('/v1/responses/resp_streamed1', undefined, as(KEY))).status).toBe(200);
      expect((await box.call('/v1/responses/resp_streamed1', undefined, as(OTHER_KEY))).status).toBe(404);
    });

    it('reach only the files they made, and no list of everybody’s', async () => {
      box.upstream.script(json(200, { id: 'file-ofTenantOne', object: 'file' }));
      await (
        await box.call('/v1/files', 'data', {
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/plain' },
        })
      ).text();
      expect((await box.call('/v1/files/file-ofTenantOne/content', undefined, as(KEY))).status).toBe(200);
      expect((await box.call('/v1/files/file-ofTenantOne', undefined, as(OTHER_KEY))).status).toBe(404);
      expect((await box.call('/v1/files', undefined, as(OTHER_KEY))).status).toBe(403);
      const inBody = await box.call('/v1/batches', { input_file_id: 'file-ofTenantOne' }, as(OTHER_KEY));
      expect(inBody.status).toBe(404);
    });
  },
  () => ({ GATEWAY_API_KEYS: `one:${KEY},two:${OTHER_KEY}` }),
);

describeBlackBox('pass-through', (box) => {
  it('forwards a path of the contract to the first OpenAI provider, or to the one that is named', async () => {
    box.upstream.script(json(200, { id: 'modr-1', results: [] }));
    const first = await box.call('/v1/moderations?a=b', { input: 'x' });
    expect(first.headers).toMatchObject({ 'x-llm-edge-provider': 'openai' });
    expect(box.upstream.journal.at(-1)).toMatchObject({
      path: '/v1/moderations?a=b',
      headers: { authorization: `Bearer ${SECRETS.openai}` },
    });
    await (
      await box.call('/v1/files', undefined, { headers: { 'x-llm-edge-provider': 'anthropic' } })
    ).text();
    expect(box.upstream.journal.at(-1)?.headers['x-api-key']).toBe(SECRETS.anthropic);
    expect(
      (await box.call('/v1/files', undefined, { headers: { 'x-llm-edge-provider': 'nobody' } })).status,
    ).toBe(404);
  });

  it('forwards any path of a provider by /proxy, bytes and method kept', async () => {
    const binary = Buffer.from([0, 255, 1, 254]);
    box.upstream.script(
      ({ response, request }) =>
        void response.writeHead(201, { 'content-type': 'audio/mpeg' }).end(request.body),
    );
    const answer = await box.call('/proxy/openai/audio/speech', binary, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(answer.status).toBe(201);
    expect(await answer.bytes()).toEqual(binary);
    expect(box.upstream.journal.at(-1)).toMatchObject({ method: 'PUT', path: '/v1/audio/speech' });
    await (await box.call('/proxy/openai/v1/models')).text();
    expect(box.upstream.journal.at(-1)?.path).toBe('/v1/models');
  });

  it.each([
    '/proxy/openai/%2e%2e/admin',
    '/proxy/openai/..%2fadmin',
    '/proxy/openai//evil.example/x',
    '/proxy/openai/%5c%5cevil',
  ])('never leaves the base URL: %s', async (path) => {
    const before = box.upstream.journal.length;
    box.upstream.script(json(200, {}));
    await (await box.call(path)).text();
    for (const call of box.upstream.journal.slice(before)) expect(call.path).toMatch(/^\/v1\//);
  });

  it('needs a key like everything else', async () => {
    expect(
      (await box.call('/proxy/openai/models', undefined, { headers: { authorization: '' } })).status,
    ).toBe(401);
  });

  it('breaks the client’s connection when a download breaks', async () => {
    box.upstream.script(({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write('half', () => socket.destroy());
    });
    const { bytes, cut } = await (await box.call('/proxy/openai/files/x/content')).read();
    expect(bytes.toString()).toBe('half');
    expect(cut).toBe(true);
  });
});

describeBlackBox(
  'passthrough mode',
  (box) => {
    it('sends the client’s own key on, in the header it came in, and lets the provider judge it', async () => {
      box.upstream.script(json(401, { error: { message: 'Incorrect API key provided' } }));
      const answer = await box.call('/v1/chat/completions', CHAT, {
        headers: { authorization: 'Bearer sk-of-the-client' },
      });
      expect(answer.status).toBe(401);
      expect(await answer.text()).toContain('Incorrect API key');
      expect(box.upstream.journal.at(-1)?.headers.authorization).toBe('Bearer sk-of-the-client');
      await (
        await box.call('/v1/messages', MESSAGES, {
          headers: { authorization: '', 'x-api-key': 'sk-ant-client' },
        })
      ).text();
      expect(box.upstream.journal.at(-1)?.headers['x-api-key']).toBe('sk-ant-client');
    });

    it('asks for a key all the same', async () => {
      expect((await box.call('/v1/chat/completions', CHAT, { headers: { authorization: '' } })).status).toBe(
        401,
      );
    });
  },
  () => ({ AUTH_MODE: 'passthrough', GATEWAY_API_KEYS: '', OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '' }),
);

describeBlackBox(
  'a rate limit',
  (box) => {
    it('lets so many requests pass, says what is left, and when to come back', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const first = await box.call('/v1/chat/completions', CHAT);
      expect(first.headers).toMatchObject({
        'x-ratelimit-limit-requests': '3',
        'x-ratelimit-remaining-requests': '2',
      });
      await box.call('/v1/chat/completions', CHAT);
      await box.call('/v1/chat/completions', CHAT);
      const fourth = await box.call('/v1/chat/completions', CHAT);
      expect(fourth.status).toBe(429);
      expect(Number(fourth.headers['retry-after'])).toBeGreaterThan(0);
      expect(fourth.headers['x-ratelimit-remaining-requests']).toBe('0');
      expect(await fourth.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
    });
  },
  () => ({ RATE_LIMIT_RPM: '3' }),
);

describeBlackBox(
  'browsers',
  (box) => {
    const preflight = (origin: string) =>
      box.call('/v1/chat/completions', undefined, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
        },
      });

    it('of an allowed origin may ask, send and read the headers', async () => {
      const answer = await preflight('https://app.example');
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
      expect(answer.headers['access-control-allow-headers']).toContain('x-stainless-lang');
      box.upstream.script(json(200, CHAT_REPLY));
      const call = await box.call('/v1/chat/completions', CHAT, {
        headers: { origin: 'https://app.example' },
      });
      expect(call.status).toBe(200);
      expect(call.headers['access-control-allow-origin']).toBe('https://app.example');
      expect(call.headers['access-control-expose-headers']).toContain('x-llm-edge-cache');
    });

    it('get errors they can read', async () => {
      const answer = await box.call('/v1/chat/completions', CHAT, {
        headers: { origin: 'https://app.example', authorization: '' },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
    });

    it('of other origins are given no leave', async () => {
      expect((await preflight('https://evil.example')).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
    });
  },
  () => ({ CORS_ORIGINS: 'https://app.example,https://other.example' }),
);

describeBlackBox(
  'open mode with the sandbox',
  (box) => {
    const bare = { headers: { authorization: '' } };

    it('answers without a key', async () => {
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model: 'sandbox/echo' }, bare);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hi' } }] });
      expect(Number(answer.headers['x-llm-edge-cost-usd'])).toBeGreaterThan(0);
    });

    it('does not let the pages of other sites in', async () => {
      const answer = await box.call(
        '/v1/chat/completions',
        { ...CHAT, model: 'sandbox/echo' },
        { headers: { authorization: '', 'sec-fetch-site': 'cross-site' } },
      );
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('CORS_ORIGINS');
    });

    it('says how it is', async () => {
      expect((await box.call('/health/live')).status).toBe(200);
      expect((await box.call('/health/ready')).status).toBe(200);
      const health = await box.call('/health');
      expect(await health.json()).toMatchObject({
        status: 'ok',
        providers: ['sandbox'],
        runtime: box.runtime === 'node' ? 'node' : 'edge',
      });
    });
  },
  () => ({
    OPENAI_API_KEY: '',
    OPENAI_BASE_URL: '',
    ANTHROPIC_API_KEY: '',
    ANTHROPIC_BASE_URL: '',
    GATEWAY_API_KEYS: '',
  }),
);
