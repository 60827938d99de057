import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, KEY, SECRETS } from '../support/black-box.ts';
import { RUNTIMES, type RunningGateway, startGateway } from '../support/gateway.ts';
import { send } from '../support/http-client.ts';
import { type KeyBed, startKeyBed } from '../support/key-bed.ts';
import { describeWithRedis } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const ADMIN = 'admin-key-0001-of-the-tests';
const STORED = 'sk-stored-at-run-time-secret';
const OLD = 'o'.repeat(43);
const NEW = 'n'.repeat(43);

type View = Record<string, unknown>;

async function order(gateway: RunningGateway, method: string, path: string, body?: object) {
  const answer = await until('the store answers', async () => {
    const answer = await send(`${gateway.url}/admin/credentials${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.status === 503 ? null : answer;
  });
  return { status: answer.status, body: (await answer.json()) as View };
}

describeWithRedis('credentials of providers', () => {
  const box: { bed?: KeyBed } = {};
  const bed = () => {
    if (box.bed === undefined) throw new Error('not started');
    return box.bed;
  };
  beforeAll(async () => {
    box.bed = await startKeyBed(CHAT_REPLY);
  });
  afterAll(() => box.bed?.stop());

  // Each test starts gateways of its own.
  describe.each(RUNTIMES)('on %s', { timeout: 90_000 }, (runtime) => {
    const gateways: RunningGateway[] = [];
    const start = async (ENCRYPTION_KEY: string) => {
      const env = {
        ...bed().env(runtime),
        ADMIN_API_KEY: ADMIN,
        GATEWAY_API_KEYS: `a:${KEY}`,
        ENCRYPTION_KEY,
      };
      const gateway = await startGateway({ runtime, env });
      gateways.push(gateway);
      await until('the store is reached', async () => (await order(gateway, 'GET', '')).status === 200);
      return gateway;
    };
    afterEach(async () => {
      await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    });

    const usedBy = async (gateway: RunningGateway, path = '/v1/chat/completions') => {
      const answer = await send(gateway.url + path, {
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        ...(path.startsWith('/proxy') ? {} : { body: JSON.stringify(CHAT) }),
      });
      await answer.text();
      return bed().upstream.journal.at(-1)?.headers.authorization;
    };
    const uses = (gateway: RunningGateway, key: string) =>
      until(`it calls with ${key}`, async () => (await usedBy(gateway)) === `Bearer ${key}`, {
        deadlineMs: 15_000,
        everyMs: 50,
      });

    it('are set, used on every way, never shown, and removed', async () => {
      const [one, two] = [await start(OLD), await start(OLD)];
      await uses(one, SECRETS.openai);
      await uses(two, SECRETS.openai);
      const put = await order(one, 'PUT', '/openai', { api_key: STORED });
      expect(put).toMatchObject({
        status: 200,
        body: {
          provider: 'openai',
          stored: true,
          readable: true,
          current_encryption_key: true,
          configured: true,
        },
      });
      for (const gateway of [one, two]) await uses(gateway, STORED);
      expect(await usedBy(two, '/proxy/openai/files')).toBe(`Bearer ${STORED}`);
      const shown = [put, await order(one, 'GET', ''), await order(two, 'GET', '/openai')];
      expect(JSON.stringify(shown)).not.toContain('secret');
      expect(shown[1]?.body).toMatchObject({ data: [{ provider: 'openai', stored: true }] });
      expect((await order(two, 'DELETE', '/openai')).body).toMatchObject({ stored: false });
      for (const gateway of [one, two]) await uses(gateway, SECRETS.openai);
      for (const gateway of [one, two]) expect(gateway.logs()).not.toContain('secret');
    });

    it('move to a new encryption key without a pause', async () => {
      const old = await start(OLD);
      await order(old, 'PUT', '/openai', { api_key: STORED });
      const both = await start(`2027:${NEW},2026:${OLD}`);
      expect((await order(both, 'GET', '/openai')).body).toMatchObject({
        readable: true,
        current_encryption_key: false,
      });
      await uses(both, STORED);
      expect((await order(both, 'POST', '/reencrypt')).body).toMatchObject({ resealed: 1, unreadable: 0 });
      const next = await start(NEW);
      expect((await order(next, 'GET', '/openai')).body).toMatchObject({
        readable: true,
        current_encryption_key: true,
      });
      await uses(next, STORED);
      expect((await order(old, 'GET', '/openai')).body).toMatchObject({ stored: true, readable: false });
      await order(next, 'DELETE', '/openai');
    });

    it('are kept as nothing that could be read', async () => {
      const gateway = await start(OLD);
      await order(gateway, 'PUT', '/openai', { api_key: STORED });
      const [node] = bed().redis.nodes;
      const { Redis } = await import('ioredis');
      const client = new Redis({ host: node?.host ?? '', port: node?.port ?? 0 });
      const stored = await client.hgetall('le:s:credentials');
      client.disconnect();
      expect(Object.keys(stored)).toEqual(['openai']);
      expect(stored.openai).toMatch(/^v1\./);
      expect(JSON.stringify(stored)).not.toMatch(/secret|c2stc3RvcmVk/);
      await order(gateway, 'DELETE', '/openai');
    });

    it('are refused with what is wrong', async () => {
      const gateway = await start(OLD);
      expect((await order(gateway, 'PUT', '/nobody', { api_key: STORED })).status).toBe(404);
      for (const body of [
        {},
        { api_key: '' },
        { api_key: 'two words' },
        { api_key: 1 },
        { api_key: 'a', more: 1 },
      ])
        expect((await order(gateway, 'PUT', '/openai', body)).status, JSON.stringify(body)).toBe(400);
      expect((await order(gateway, 'GET', '/openai')).body).toMatchObject({ stored: false, stored_at: null });
    });
  });
});

describeBlackBox(
  'without ENCRYPTION_KEY, or a store',
  (box) => {
    it('no credentials can be set, and the answer says why', async () => {
      const { status, body } = await order(box.gateway, 'PUT', '/openai', { api_key: STORED });
      expect(status).toBe(501);
      const why = box.runtime === 'node' ? 'ENCRYPTION_KEY' : 'UPSTASH_REDIS_REST_URL';
      expect(JSON.stringify(body)).toContain(why);
    });

    it('keys can be made where a process keeps them', async () => {
      const answer = await send(`${box.gateway.url}/admin/keys`, {
        headers: { authorization: `Bearer ${ADMIN}` },
        body: JSON.stringify({ name: 'a' }),
      });
      expect(answer.status).toBe(box.runtime === 'node' ? 201 : 501);
      await answer.text();
    });
  },
  () => ({ ADMIN_API_KEY: ADMIN }),
);

describeBlackBox(
  'in passthrough mode',
  (box) => {
    it('no credentials can be lent', async () => {
      const { status, body } = await order(box.gateway, 'PUT', '/openai', { api_key: STORED });
      expect([status, JSON.stringify(body)]).toEqual([501, expect.stringContaining('passthrough')]);
    });
  },
  () => ({
    ADMIN_API_KEY: ADMIN,
    ENCRYPTION_KEY: OLD,
    AUTH_MODE: 'passthrough',
    GATEWAY_API_KEYS: '',
    OPENAI_API_KEY: '',
    ANTHROPIC_API_KEY: '',
  }),
);
