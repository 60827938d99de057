import { describe, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, KEY, MESSAGES } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';
import { send, sendRaw } from '../support/http-client.ts';

const ADMIN = 'admin-key-0001-of-the-tests';

describeBlackBox(
  'attacks on keys',
  (box) => {
    const wrongKeys: [name: string, key: string][] = [
      ['upper case', KEY.toUpperCase()],
      ['every prefix but the whole', KEY.slice(0, -1)],
      ['one letter', KEY.slice(0, 1)],
      ['the key twice', KEY + KEY],
      ['a key with a letter more', `${KEY}0`],
      ['its hash, as it is configured', 'sha256:3f1a'],
      ['a star', '*'],
      ['the name of the key', 'test'],
      ['name and key', `test:${KEY}`],
      ['quotes around it', `"${KEY}"`],
      ['a percent-escape', KEY.replace('-', '%2D')],
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
      ['511 letters', 'k'.repeat(511)],
      ['513 letters', 'k'.repeat(513)],
    ];

    it.each(wrongKeys)('%s opens nothing, in either header, on either side', async (_, key) => {
      const before = box.upstream.journal.length;
      for (const path of [
        '/v1/chat/completions',
        '/v1/messages',
        '/v1/models',
        '/admin/keys',
        '/proxy/openai/models',
      ])
        for (const headers of [{ authorization: `Bearer ${key}` }, { authorization: '', 'x-api-key': key }]) {
          const body = path === '/v1/chat/completions' || path === '/v1/messages' ? CHAT : undefined;
          const answer = await box.call(path, body, { headers });
          expect([path, answer.status]).toEqual([path, 401]);
          expect(await answer.text()).not.toContain(KEY.slice(0, -1));
        }
      expect(box.upstream.journal).toHaveLength(before);
    });

    it.each([
      ['letters that look alike', KEY.replace('a', '\u0430')],
      ['full-width letters', KEY.replace('s', '\uff53')],
      ['an invisible letter', `${KEY}\u200b`],
      ['a combining mark', `${KEY}\u0301`],
    ])('unicode opens nothing: %s', async (_, key) => {
      const head = [
        'POST /v1/chat/completions HTTP/1.1',
        'host: x',
        `authorization: Bearer ${key}`,
        'content-length: 2',
        'connection: close',
      ];
      const answer = await sendRaw(box.gateway.url, Buffer.from(`${head.join('\r\n')}\r\n\r\n{}`));
      expect(answer).toMatch(/^HTTP\/1\.1 40[01] /);
    });

    it.each([
      [
        'two headers that disagree',
        { authorization: `Bearer ${KEY}`, 'x-api-key': 'sk-another-key-0000001' },
      ],
      [
        'two headers that disagree, the other way round',
        { authorization: 'Bearer sk-another-key-0000001', 'x-api-key': KEY },
      ],
      ['another scheme', { authorization: `Basic ${Buffer.from(`user:${KEY}`).toString('base64')}` }],
      ['a scheme without a key', { authorization: 'Bearer' }],
      ['a bare key', { authorization: KEY }],
      ['two keys in one header', { authorization: `Bearer ${KEY} ${KEY}` }],
    ])('%s', async (_, headers) => {
      const answer = await box.call('/v1/chat/completions', CHAT, { headers });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain(KEY);
    });

    it('the same header twice is not the first of them', async () => {
      const headers = ['Authorization', 'Bearer sk-another-key-0000001', 'Authorization', `Bearer ${KEY}`];
      const answer = await send(`${box.gateway.url}/v1/models`, { headers });
      expect(answer.status).toBe(401);
    });

    it.each(['api_key', 'api-key', 'apikey', 'key', 'access_token', 'API_KEY'])(
      'a key in the query is refused, and not repeated: %s',
      async (name) => {
        for (const path of ['/v1/chat/completions', '/admin/keys']) {
          const answer = await box.call(
            `${path}?${name}=${KEY}`,
            path.startsWith('/admin') ? undefined : CHAT,
          );
          expect(answer.status).toBe(401);
          expect(await answer.text()).not.toContain(KEY);
        }
      },
    );

    it('are answered in the words of the client', async () => {
      const headers = { authorization: 'Bearer sk-another-key-0000001' };
      const openai = await box.call('/v1/chat/completions', CHAT, { headers });
      expect(await openai.json()).toEqual({
        error: {
          message: expect.stringContaining('not known'),
          type: 'authentication_error',
          param: null,
          code: 'invalid_api_key',
        },
      });
      const anthropic = await box.call('/v1/messages', MESSAGES, { headers });
      expect(await anthropic.json()).toMatchObject({
        type: 'error',
        error: { type: 'authentication_error', message: expect.stringContaining('not known') },
        request_id: anthropic.headers['x-request-id'],
      });
    });

    it('a key of a client opens no admin route, and the admin key no call', async () => {
      for (const [method, path] of [
        ['GET', '/admin/keys'],
        ['POST', '/admin/keys'],
        ['GET', '/admin/credentials'],
        ['PUT', '/admin/credentials/openai'],
        ['DELETE', '/admin/cache?tenant=test'],
      ] as const)
        expect((await box.call(path, method === 'GET' ? undefined : {}, { method })).status, path).toBe(401);
      const headers = { authorization: `Bearer ${ADMIN}` };
      expect((await box.call('/v1/chat/completions', CHAT, { headers })).status).toBe(401);
    });
  },
  () => ({ ADMIN_API_KEY: ADMIN }),
);

describe('guessing', () => {
  const guess = (i: number) => ({
    headers: { authorization: `Bearer sk-guess-${String(i).padStart(12, '0')}` },
  });

  describeBlackBox(
    'keys is slowed',
    (box) => {
      it('for who guesses, and not for who was right before', async () => {
        box.upstream.script(json(200, CHAT_REPLY));
        expect((await box.call('/v1/chat/completions', CHAT)).status).toBe(200);
        const statuses: number[] = [];
        const startedAt = performance.now();
        for (let i = 0; i < 400; i += 20) {
          const answers = Array.from({ length: 20 }, (_, j) =>
            box.call('/v1/chat/completions', CHAT, guess(i + j)),
          );
          for (const answer of await Promise.all(answers)) statuses.push(answer.status);
        }
        const looked = statuses.filter((status) => status === 401).length;
        expect(new Set(statuses)).toEqual(new Set([401, 429]));
        // A burst, what is under way at once, and ten a second while it lasts.
        expect(looked).toBeGreaterThanOrEqual(100);
        expect(looked).toBeLessThan(140 + ((performance.now() - startedAt) / 1000) * 12);
        // At once, since some may be looked up again by now.
        const more = Array.from({ length: 40 }, (_, i) =>
          box.call('/v1/chat/completions', CHAT, guess(10_000 + i)),
        );
        const told = (await Promise.all(more)).find(({ status }) => status === 429);
        expect(Number(told?.headers['retry-after'])).toBeGreaterThan(0);
        expect((await box.call('/v1/chat/completions', CHAT)).status).toBe(200);
        expect(box.upstream.journal).toHaveLength(2);
      });

      it('for the admin key apart', async () => {
        const asAdmin = (key: string) =>
          box.call('/admin/credentials', undefined, { headers: { authorization: `Bearer ${key}` } });
        expect((await asAdmin(ADMIN)).status).toBe(501);
        const statuses = new Set<number>();
        for (let i = 0; i < 150; i++) statuses.add((await asAdmin(`admin-guess-${i}`)).status);
        expect(statuses).toEqual(new Set([401, 429]));
        expect((await asAdmin(ADMIN)).status).toBe(501);
      });
    },
    () => ({ ADMIN_API_KEY: ADMIN }),
  );
});
