import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, KEY, SECRETS } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';
import { send } from '../support/http-client.ts';

const ADMIN = 'admin-key-0001-of-the-tests';
const FILE = `
routes:
  smart: [openai/gpt-4o-mini, openai/gpt-4o]
  any-*: openai/*
`;

describeBlackBox(
  'what an operator may see and do of providers',
  (box) => {
    const admin = async (path: string, method = 'GET', key: string | null = ADMIN) => {
      const answer = await send(`${box.gateway.url}/admin/${path}`, {
        method,
        headers: key === null ? {} : { authorization: `Bearer ${key}` },
      });
      return { status: answer.status, text: await answer.text() };
    };
    const order = async (id: string, action: string) =>
      (await admin(`providers/${id}/${action}`, 'POST')).status;
    const modelOf = async (model: string) => {
      box.upstream.script(json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model });
      await answer.text();
      return answer.status === 200 ? answer.headers['x-llm-edge-model'] : answer.status;
    };

    it('shows providers with their targets', async () => {
      const { status, text } = await admin('providers');
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({
        object: 'list',
        data: [
          {
            id: 'openai',
            base_url: `${box.upstream.url}/v1`,
            endpoints: expect.arrayContaining(['chat', 'responses']),
            api_keys: 1,
            drained: false,
            targets: [
              {
                id: 'openai/gpt-4o',
                routes: ['smart'],
              },
              {
                id: 'openai/gpt-4o-mini',
                model: 'gpt-4o-mini',
                routes: ['smart'],
                drained: false,
                breaker: 'closed',
                failure_rate: null,
                calls_under_way: 0,
                keys: [{ dead_until: null, limited_until: null }],
              },
            ],
          },
          { id: 'anthropic', targets: [] },
        ],
      });
    });

    it('takes a target out of service, and back', async () => {
      expect(await order('openai%2Fgpt-4o-mini', 'drain')).toBe(200);
      expect(await modelOf('smart')).toBe('gpt-4o');
      expect(await modelOf('gpt-4o-mini')).toBe(503);
      const { text } = await admin('providers');
      expect(JSON.parse(text).data[0].targets).toContainEqual(
        expect.objectContaining({ id: 'openai/gpt-4o-mini', drained: true }),
      );
      expect(await order('openai/gpt-4o-mini', 'restore')).toBe(200);
      expect(await modelOf('smart')).toBe('gpt-4o-mini');
    });

    it('takes a provider out of service, and back', async () => {
      expect(await order('openai', 'drain')).toBe(200);
      expect(await modelOf('smart')).toBe(503);
      expect(await modelOf('openai/o3')).toBe(503);
      expect(await order('openai', 'restore')).toBe(200);
      expect(await modelOf('openai/o3')).toBe('o3');
    });

    it.each([
      ['an unknown provider', 'providers/nobody/drain', 'POST', 404],
      ['an unknown order', 'providers/openai/stop', 'POST', 404],
      ['a broken id', 'providers/%E0%A4%A/drain', 'POST', 404],
      ['another method', 'providers/openai/drain', 'GET', 405],
      ['a path that is not there', 'nothing', 'GET', 404],
    ])('refuses %s', async (_, path, method, status) => {
      expect((await admin(path, method)).status).toBe(status);
    });

    it.each(['providers', 'config'])('is for the admin key alone: %s', async (path) => {
      expect((await admin(path, 'GET', null)).status).toBe(401);
      expect((await admin(path, 'GET', KEY)).status).toBe(401);
    });

    it('shows the configuration without secrets', async () => {
      const { status, text } = await admin('config');
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({
        object: 'config',
        config: {
          admin: { apiKey: '***' },
          providers: [{ id: 'openai', apiKey: '***' }, { id: 'anthropic' }],
          routes: { routes: [{ name: 'smart' }, { name: 'any-*' }] },
        },
      });
      for (const secret of [...Object.values(SECRETS), KEY, ADMIN]) expect(text).not.toContain(secret);
    });
  },
  () => ({ ADMIN_API_KEY: ADMIN }),
  FILE,
);
