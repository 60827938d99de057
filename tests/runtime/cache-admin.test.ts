import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, KEY } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';

const ADMIN = 'admin-key-0001-of-the-tests';

describeBlackBox(
  'what an operator and a developer may ask of the cache',
  (box) => {
    const cacheOf = async (body: object, headers: Record<string, string> = {}) => {
      const answer = await box.call('/v1/chat/completions', body, { headers });
      await answer.text();
      return answer.headers['x-llm-edge-cache'];
    };
    const explain = async (body: object, headers: Record<string, string> = {}) => {
      const answer = await box.call('/v1/explain', body, { headers });
      return { status: answer.status, body: (await answer.json()) as Record<string, object> };
    };
    const purge = (query: string, key: string | null = ADMIN) =>
      send(`${box.gateway.url}/admin/cache${query}`, {
        method: 'DELETE',
        headers: key === null ? {} : { authorization: `Bearer ${key}` },
      });
    const kept = (body: object, headers: Record<string, string> = {}) =>
      until('it is kept', async () => (await cacheOf(body, headers)) === 'hit-l1');
    const question = (content: string) => ({ ...CHAT, messages: [{ role: 'user', content }] });

    it('explains a call without making it', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const before = box.upstream.journal.length;
      const asked = question('explained');
      expect(await explain(asked)).toMatchObject({
        status: 200,
        body: {
          endpoint: 'chat',
          model: 'gpt-4o-mini',
          cache: { cacheable: true, key: expect.stringMatching(/^[0-9a-f]{64}$/), kept: null },
          targets: [
            {
              provider: 'openai',
              model: 'gpt-4o-mini',
              dialect: 'chat',
              translated: false,
              refused: null,
              estimated_input_cost_usd: expect.stringMatching(/^0\.\d+$/),
            },
          ],
        },
      });
      expect(box.upstream.journal).toHaveLength(before);
      await kept(asked);
      expect((await explain(asked)).body.cache).toMatchObject({ kept: { tier: 'l1', state: 'fresh' } });
      expect((await explain({ ...asked, store: true })).body.cache).toEqual({
        cacheable: false,
        reason: 'stateful',
      });
    });

    it('explains what a translation would leave out, or refuse', async () => {
      const claude = { ...question('x'), model: 'claude-haiku-4-5', user: 'someone' };
      expect((await explain(claude)).body.targets).toMatchObject([
        { provider: 'anthropic', dialect: 'messages', translated: true, refused: null },
      ]);
      expect((await explain({ ...claude, logit_bias: { 1: 2 } })).body.targets).toMatchObject([
        { refused: expect.stringContaining('logit_bias') },
      ]);
      expect((await explain({ ...claude, model: 'nobodys' })).status).toBe(404);
    });

    it.each([
      ['a tenant', '?tenant=test', {}],
      ['a model', '?tenant=test&model=gpt-4o-mini', {}],
      ['a tag', '?tenant=test&tag=team%3Dsearch', { 'x-llm-edge-tags': 'team=search' }],
      ['a namespace', '?tenant=test&namespace=n1', { 'x-llm-edge-cache-namespace': 'n1' }],
    ])('forgets %s', async (what, query, headers) => {
      box.upstream.script(json(200, CHAT_REPLY));
      const asked = question(`to be forgotten: ${what}`);
      await kept(asked, headers);
      const answer = await purge(query);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ object: 'cache.purge', tenant: 'test' });
      expect(await cacheOf(asked, headers)).toBe('miss');
    });

    it('forgets one answer by its key, and keeps the others', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const [one, other] = [question('one'), question('other')];
      await kept(one);
      await kept(other);
      const { key } = (await explain(one)).body.cache as { key: string };
      expect((await purge(`?tenant=test&entry=${key}`)).status).toBe(200);
      expect(await cacheOf(one)).toBe('miss');
      expect(await cacheOf(other)).toBe('hit-l1');
    });

    it('takes orders from the operator alone, and only such as it understands', async () => {
      expect((await purge('?tenant=test', null)).status).toBe(401);
      expect((await purge('?tenant=test', KEY)).status).toBe(401);
      for (const query of [
        '',
        '?tenant=',
        '?tenant=a%20b',
        '?tenant=test&modle=x',
        '?tenant=test&tag=a&model=b',
      ]) {
        expect((await purge(query)).status).toBe(400);
      }
    });
  },
  () => ({ CACHE_MODE: 'all', ADMIN_API_KEY: ADMIN, GATEWAY_API_KEYS: `test:${KEY}` }),
);
