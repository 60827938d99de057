import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, KEY, MESSAGES } from '../support/black-box.ts';
import { RUNTIMES, type RunningGateway, type Runtime, startGateway } from '../support/gateway.ts';
import { type ClientRequest, send } from '../support/http-client.ts';
import { type KeyBed, startKeyBed } from '../support/key-bed.ts';
import { describeWithRedis } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const ADMIN = 'admin-key-0001-of-the-tests';

interface Made {
  readonly id: string;
  readonly key: string;
}

describeWithRedis('keys made at run time', () => {
  const box: { bed?: KeyBed } = {};
  const bed = () => {
    if (box.bed === undefined) throw new Error('not started');
    return box.bed;
  };
  beforeAll(async () => {
    box.bed = await startKeyBed(CHAT_REPLY);
  });
  afterAll(() => box.bed?.stop());

  const env = (runtime: Runtime) => ({
    ...bed().env(runtime),
    ADMIN_API_KEY: ADMIN,
    GATEWAY_API_KEYS: `configured:${KEY}`,
  });

  describe.each(RUNTIMES)('on %s', (runtime) => {
    /** Two gateways over one store. */
    const gateways: RunningGateway[] = [];
    beforeAll(async () => {
      gateways.push(await startGateway({ runtime, env: env(runtime) }));
      gateways.push(await startGateway({ runtime, env: env(runtime) }));
      await until('the store of the keys is reached', async () => (await admin('GET', '')).status === 200);
    });
    afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

    /** On a busy machine the store may be too slow; that is told apart from being refused, and may be tried again. */
    const sendTo = (url: string, options: ClientRequest) =>
      until('the store answers', async () => {
        const answer = await send(url, options);
        return answer.status === 503 ? null : answer;
      });
    const urlOf = (index: number) => gateways[index]?.url ?? '';
    async function admin(method: string, path: string, body?: object, key = ADMIN) {
      const answer = await sendTo(`${urlOf(0)}/admin/keys${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & Made };
    }
    const make = async (order: object) => {
      const { status, body } = await admin('POST', '', order);
      expect([status, body]).toMatchObject([201, { key: expect.any(String) }]);
      return body;
    };
    const call = async (
      key: string,
      { at = 0, path = '/v1/chat/completions', body = CHAT as object | null } = {},
    ) => {
      const answer = await sendTo(urlOf(at) + path, {
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    };
    const refusedEverywhere = (key: string, why: string) =>
      until(
        `every gateway refuses it: ${why}`,
        async () => {
          const answers = await Promise.all([call(key), call(key, { at: 1 })]);
          return answers.every(({ status, text }) => status === 401 && text.includes(why));
        },
        { deadlineMs: 5_000, everyMs: 50 },
      );

    it('are shown once, listed without the key, and let in everywhere', async () => {
      const { key, id, ...view } = await make({
        name: 'ci',
        tenant: `acme-${runtime}`,
        models: ['gpt-*'],
        rpm: 100,
      });
      expect(key).toMatch(/^lek_[0-9A-Za-z]{43}$/);
      expect(view).toMatchObject({
        tenant: `acme-${runtime}`,
        status: 'active',
        hint: `${key.slice(0, 8)}…`,
        rpm: 100,
        expires_at: null,
      });
      const listed = await admin('GET', `?tenant=acme-${runtime}`);
      expect(listed.body).toMatchObject({ object: 'list', data: [{ id }], next: null });
      const shown = await admin('GET', `/${id}`);
      expect(JSON.stringify([listed, shown])).not.toContain(key);
      expect(await call(key)).toMatchObject({
        status: 200,
        headers: { 'x-ratelimit-limit-requests': '100' },
      });
      expect((await call(key, { at: 1 })).status).toBe(200);
    });

    it('are paged', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push((await make({ name: `k${i}`, tenant: `pages-${runtime}` })).id);
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const { body } = await admin('GET', `?tenant=pages-${runtime}&limit=2${after}`);
        seen.push(...(body.data as Made[]).map(({ id }) => id));
        if (body.next === null) break;
        after = `&after=${body.next}`;
      }
      expect(seen).toEqual(ids);
    });

    it('are refused everywhere within 5 s of being revoked, also where they were used a moment before', async () => {
      const { key, id } = await make({ name: 'revoked' });
      expect((await call(key)).status).toBe(200);
      expect((await call(key, { at: 1 })).status).toBe(200);
      expect((await admin('POST', `/${id}/revoke`)).body).toMatchObject({ status: 'revoked' });
      expect((await call(key)).status).toBe(401);
      await refusedEverywhere(key, 'was revoked');
      expect((await admin('POST', `/${id}/rotate`)).status).toBe(409);
      expect((await admin('PATCH', `/${id}`, { rpm: 5 })).body).toMatchObject({ status: 'revoked', rpm: 5 });
    });

    it('are rotated with and without grace', async () => {
      const first = await make({ name: 'rotated' });
      expect((await call(first.key)).status).toBe(200);
      const second = (await admin('POST', `/${first.id}/rotate`, { grace_seconds: 600 })).body;
      expect(second.id).toBe(first.id);
      expect(second.former_valid_until).toHaveLength(1);
      for (const { key } of [first, second]) expect((await call(key, { at: 1 })).status).toBe(200);
      const third = (await admin('POST', `/${first.id}/rotate`, { grace_seconds: 0 })).body;
      expect((await call(third.key)).status).toBe(200);
      await until(
        'the second is refused, and the first still in its grace',
        async () => (await call(second.key)).status === 401 && (await call(first.key)).status === 200,
      );
    });

    it('end', async () => {
      const { key, id } = await make({ name: 'ends', expires_at: '2020-01-01' });
      expect(await call(key)).toMatchObject({ status: 401, text: expect.stringContaining('has expired') });
      await admin('PATCH', `/${id}`, { expires_at: null });
      expect((await call(key)).status).toBe(200);
    });

    it('are deleted', async () => {
      const { key, id } = await make({ name: 'deleted' });
      expect((await call(key)).status).toBe(200);
      expect((await admin('DELETE', `/${id}`)).status).toBe(200);
      await refusedEverywhere(key, 'not known');
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['PATCH', ''],
        ['POST', '/rotate'],
        ['POST', '/revoke'],
      ] as const)
        expect((await admin(method, `/${id}${path}`)).status, method + path).toBe(404);
    });

    it('are held to models, providers and routes on every path', async () => {
      const { key } = await make({ name: 'one-model', models: ['gpt-4o-mini'], providers: ['openai'] });
      expect((await call(key)).status).toBe(200);
      const chat = (model: string) => ({ body: { ...CHAT, model } });
      for (const [model, at] of [
        ['gpt-4o', 0],
        ['openai/gpt-4o', 1],
        ['claude-haiku-4-5', 0],
      ] as const) {
        const { status, text } = await call(key, { at, ...chat(model) });
        expect([model, status]).toEqual([model, 403]);
        expect(JSON.parse(text)).toMatchObject({ error: { code: 'permission_denied', param: 'model' } });
      }
      const messages = await call(key, { path: '/v1/messages', body: { ...MESSAGES, model: 'gpt-4o' } });
      expect([messages.status, JSON.parse(messages.text)]).toMatchObject([
        403,
        { type: 'error', error: { type: 'permission_error' } },
      ]);
      for (const path of ['/v1/files', '/proxy/openai/models', '/v1/batches'])
        expect((await call(key, { path, body: null })).status, path).toBe(403);
      const { text } = await call(key, { path: '/v1/models', body: null });
      expect((JSON.parse(text) as { data: Made[] }).data.map(({ id }) => id)).toEqual(['gpt-4o-mini']);
    });

    it('are held to providers where no model is read', async () => {
      const { key } = await make({ name: 'one-provider', providers: ['anthropic'] });
      const body = null;
      expect((await call(key, { path: '/proxy/openai/models', body })).status).toBe(403);
      expect((await call(key, { path: '/proxy/anthropic/v1/models', body })).status).toBe(200);
      expect((await call(key, { path: '/v1/responses/resp_1', body })).status).toBeGreaterThanOrEqual(403);
      expect((await call(key)).status).toBe(403);
    });

    it('of different tenants share no stored objects of a provider', async () => {
      const { key } = await make({ name: 'stranger' });
      const before = bed().upstream.journal.length;
      expect((await call(key, { path: '/v1/responses/resp_ofSomebody', body: null })).status).toBe(404);
      expect((await call(key, { path: '/v1/files', body: null })).status).toBe(403);
      expect(bed().upstream.journal.length).toBe(before);
    });

    it('are refused with every fault of the order', async () => {
      const order = { tenant: 'a b', rpm: 0, budgets: [{ usd: -1, period: 'year' }], colour: 'red' };
      const { status, body } = await admin('POST', '', order);
      expect(status).toBe(400);
      const { message } = body.error as { message: string };
      for (const part of [
        'name is missing',
        'tenant must',
        'rpm must',
        'budgets.0.usd',
        'budgets.0.period',
        'colour',
      ])
        expect(message).toContain(part);
      expect((await admin('GET', '?limit=1000')).status).toBe(400);
      expect((await admin('PATCH', '/key_nobody', { rpm: 1 })).status).toBe(404);
      expect((await admin('PUT', '/key_nobody', {})).status).toBe(405);
    });

    it('open no admin route', async () => {
      const { key } = await make({ name: 'no-admin' });
      for (const wrong of [key, KEY, ADMIN.toUpperCase(), ADMIN.slice(0, -1), `${ADMIN}x`])
        expect((await admin('GET', '', undefined, wrong)).status).toBe(401);
      expect((await send(`${urlOf(0)}/admin/keys`)).status).toBe(401);
      expect((await call(ADMIN)).status).toBe(401);
    });

    it('leave no trace of themselves in the store or the log', async () => {
      const { key } = await make({ name: 'secret' });
      await call(key);
      const [node] = bed().redis.nodes;
      const { Redis } = await import('ioredis');
      const client = new Redis({ host: node?.host ?? '', port: node?.port ?? 0 });
      const stored = JSON.stringify([
        await client.hgetall('le:k:{keys}:id'),
        await client.hgetall('le:k:{keys}:hash'),
      ]);
      client.disconnect();
      expect(stored).toContain(key.slice(0, 8));
      expect(stored).not.toContain(key);
      for (const gateway of gateways) expect(gateway.logs()).not.toContain(key.slice(0, 12));
    });
  });
});
