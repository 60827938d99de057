import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, KEY, MESSAGES, SECRETS } from '../support/black-box.ts';
import {
  badGzip,
  contentLengthLie,
  garbage,
  goodGzip,
  html,
  json,
  redirect,
  status429,
} from '../support/fault-upstream.ts';
import { sendRaw } from '../support/http-client.ts';

/** No answer may show a stack, a key or an address. */
function expectNothingLeaks(text: string): void {
  for (const secret of [...Object.values(SECRETS), KEY, '127.0.0.1', 'node:internal', '    at '])
    expect(text).not.toContain(secret);
}

describeBlackBox('bad requests', (box) => {
  const deep = `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const rows: [name: string, path: string, body: string, status: number, message: RegExp][] = [
    ['invalid JSON', '/v1/chat/completions', '{"model":', 400, /not valid JSON/],
    ['an empty body', '/v1/chat/completions', '', 400, /empty/],
    ['null', '/v1/chat/completions', 'null', 400, /not null/],
    ['an array', '/v1/chat/completions', '[]', 400, /not an array/],
    ['a string', '/v1/messages', '"hi"', 400, /not a string/],
    ['a number', '/v1/responses', '1', 400, /not a number/],
    ['no model', '/v1/chat/completions', '{"messages":[{}]}', 400, /"model" is missing/],
    ['a model that is no string', '/v1/chat/completions', '{"model":1,"messages":[{}]}', 400, /"model"/],
    ['an empty model', '/v1/embeddings', '{"model":"","input":"x"}', 400, /"model"/],
    ['no messages', '/v1/chat/completions', '{"model":"gpt-4o-mini"}', 400, /"messages" is missing/],
    [
      'messages that are no list',
      '/v1/messages',
      '{"model":"claude-haiku-4-5","messages":"x"}',
      400,
      /"messages"/,
    ],
    [
      'a message that is no object',
      '/v1/chat/completions',
      '{"model":"gpt-4o-mini","messages":["x"]}',
      400,
      /"messages\[0\]"/,
    ],
    [
      'stream that is no boolean',
      '/v1/chat/completions',
      '{"model":"gpt-4o-mini","messages":[{}],"stream":"yes"}',
      400,
      /"stream"/,
    ],
    [
      'max_tokens that is no number',
      '/v1/messages',
      '{"model":"claude-haiku-4-5","messages":[{}],"max_tokens":"1"}',
      400,
      /"max_tokens"/,
    ],
    [
      'two models',
      '/v1/chat/completions',
      '{"model":"a","model":"gpt-4o-mini","messages":[{}]}',
      400,
      /twice/,
    ],
    [
      'a model with a line end',
      '/v1/chat/completions',
      '{"model":"openai/a\\r\\nx-evil: 1","messages":[{}]}',
      200,
      /.*/,
    ],
    [
      '__proto__',
      '/v1/chat/completions',
      '{"__proto__":{"model":"gpt-4o-mini"},"messages":[{}]}',
      400,
      /"model" is missing/,
    ],
    ['deep nesting', '/v1/chat/completions', deep, 200, /.*/],
  ];

  it.each(rows)('%s', async (_name, path, body, status, message) => {
    box.upstream.script(json(200, CHAT_REPLY));
    const answer = await box.call(path, body);
    const text = (await answer.text()).replaceAll('\\"', '"');
    expect({ status: answer.status, text }).toEqual({ status, text: expect.stringMatching(message) });
    expect(answer.headers['x-request-id']).toBeTruthy();
    expect(answer.headers).not.toHaveProperty('x-evil');
    expectNothingLeaks(text);
  });

  it('invalid UTF-8', async () => {
    const answer = await box.call('/v1/chat/completions', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('UTF-8');
  });

  it('no content-type, or the one that fetch makes up, is taken for JSON; a form is not', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    for (const type of ['', 'text/plain;charset=UTF-8']) {
      const answer = await box.call('/v1/chat/completions', CHAT, { headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
      expect(box.upstream.journal.at(-1)?.headers['content-type']).toBe('application/json');
    }
    const form = await box.call('/v1/chat/completions', 'a=b', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(415);
    expect(await form.text()).toContain('application/json');
  });

  it('unknown routes are 404, wrong methods 405, in the dialect of the path', async () => {
    const unknown = await box.call('/v1/nothing', {});
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: 'not_found' } });
    const method = await box.call('/v1/messages', undefined, { method: 'GET' });
    expect(method.status).toBe(405);
    expect(method.headers.allow).toBe('POST');
    expect(await method.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
    expect((await box.call('/', undefined)).status).toBe(404);
  });

  it('a header with a line end in it does not split the answer', async () => {
    const answer = await box.call('/v1/chat/completions', CHAT, {
      headers: { 'x-request-id': 'a b<script>' },
    });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  for (const size of [20, 100]) {
    it(`${size} MB declared is refused before it is sent`, async () => {
      const head = [
        'POST /v1/chat/completions HTTP/1.1',
        'host: x',
        `authorization: Bearer ${KEY}`,
        'content-type: application/json',
        `content-length: ${size * 1024 * 1024}`,
        '',
        '{"model":"',
      ].join('\r\n');
      const answer = await sendRaw(box.gateway.url, head, {
        until: (text) => text.includes('\r\n\r\n') && text.includes('}'),
      });
      expect(answer).toMatch(/^HTTP\/1.1 413/);
      expect(answer).toContain('MAX_REQUEST_SIZE');
    });
  }

  it('20 MB undeclared is refused on the way, and others are not stalled', async () => {
    box.upstream.script(json(200, CHAT_REPLY));
    const mebibyte = Buffer.alloc(1 << 20, 0x20);
    const flood = box.call('/v1/chat/completions', undefined, {
      method: 'POST',
      body: (async function* () {
        for (let i = 0; i < 20; i++) yield mebibyte;
      })(),
    });
    const others = Array.from({ length: 10 }, () => box.call('/v1/chat/completions', CHAT));
    for (const { status } of await Promise.all(others)) expect(status).toBe(200);
    // The refusal may find the connection already gone: we were still sending.
    const status = await flood.then(
      (answer) => answer.status,
      () => 413,
    );
    expect(status).toBe(413);
  });
});

describeBlackBox(
  'bad upstreams',
  (box) => {
    const rows: [
      name: string,
      behaviour: Parameters<typeof box.upstream.script>[0],
      status: number,
      message: RegExp,
    ][] = [
      ['HTML with 200', html(200), 502, /text\/html.*base URL/],
      ['HTML with 404', html(404), 502, /404.*text\/html/],
      ['HTML with 503', html(503), 502, /status 503/],
      ['bad gzip', badGzip, 502, /content-encoding|broke off/],
      ['a redirect', redirect('http://127.0.0.1:1/x'), 502, /redirect/],
      ['a permanent redirect', redirect('http://127.0.0.1:1/x', 308), 502, /redirect/],
      ['401', json(401, { error: { message: `bad key ${SECRETS.openai}` } }), 502, /credential/],
      ['403', json(403, { error: { message: 'no' } }), 502, /credential/],
      ['402', json(402, { error: { message: 'pay' } }), 502, /credential/],
      ['500', json(500, { error: { message: 'oops at 10.0.0.1' } }), 502, /status 500/],
      ['503', json(503, {}), 502, /status 503/],
      ['529', json(529, {}), 502, /status 529/],
      ['garbage instead of HTTP', garbage(), 502, /openai/],
      ['JSON that is none', json(200, '{"id":'), 502, /not the JSON/],
      ['a body shorter than it was said to be', contentLengthLie('{"id":1}'), 502, /broke off/],
      [
        'a refusal of the request',
        json(400, { error: { message: 'bad temperature', type: 'invalid_request_error' } }),
        400,
        /bad temperature/,
      ],
      [
        'a refusal in JSON that is called something else',
        json(400, { error: { message: 'too long' } }, { 'content-type': 'application/octet-stream' }),
        400,
        /too long/,
      ],
      ['404 in JSON', json(404, { error: { message: 'no such model' } }), 404, /no such model/],
      ['gzip although it was not asked for', goodGzip(CHAT_REPLY), 200, /Hello/],
    ];

    it.each(rows)('%s', async (_name, behaviour, status, message) => {
      box.upstream.script(behaviour);
      const answer = await box.call('/v1/chat/completions', CHAT);
      const text = await answer.text();
      expect({ status: answer.status, text }).toEqual({ status, text: expect.stringMatching(message) });
      expect(answer.headers['x-llm-edge-provider']).toBe('openai');
      expect(answer.headers['x-llm-edge-attempts']).toBe('1');
      expectNothingLeaks(text);
    });

    it('nothing listens there', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model: 'groq/x' });
      expect(answer.status).toBe(502);
      expectNothingLeaks(await answer.text());
    });

    it.each(['7', 'Wed, 21 Oct 2026 07:28:00 GMT'])('429 with retry-after %s', async (retryAfter) => {
      box.upstream.script(status429(retryAfter));
      const answer = await box.call('/v1/chat/completions', CHAT);
      expect(answer.status).toBe(429);
      expect(answer.headers['retry-after']).toBe(retryAfter);
      expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    });

    it('429 of a proxy in HTML is said in the dialect', async () => {
      box.upstream.script(html(429));
      const answer = await box.call('/v1/messages', MESSAGES);
      expect(answer.status).toBe(429);
      expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    });

    it('a redirect is not followed', async () => {
      const before = box.upstream.journal.length;
      box.upstream.script(redirect(`${box.upstream.url}/elsewhere`, 307));
      await (await box.call('/v1/chat/completions', CHAT)).text();
      expect(box.upstream.journal.slice(before).map(({ path }) => path)).toEqual(['/v1/chat/completions']);
    });

    it('the log tells the operator what the client was not told, without secrets', () => {
      expect(box.gateway.logs()).toContain('request failed');
      expect(box.gateway.logs()).not.toContain(SECRETS.openai);
      expect(box.gateway.logs()).not.toContain(KEY);
      expect(box.gateway.logs()).not.toContain('"Hi"');
    });
  },
  () => ({ GROQ_API_KEY: 'sk-groq', GROQ_BASE_URL: 'http://127.0.0.1:9/openai/v1' }),
);
