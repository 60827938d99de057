import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, KEY } from '../support/black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';

const ADMIN = 'admin-key-0001-of-the-tests';

describe('several processes without a Redis', () => {
  const box: { gateway?: RunningGateway; upstream?: FaultUpstream } = {};
  beforeAll(async () => {
    box.upstream = await startFaultUpstream(json(200, CHAT_REPLY));
    box.gateway = await startGateway({
      runtime: 'node',
      env: {
        WORKERS: '3',
        OPENAI_API_KEY: 'sk-configured',
        OPENAI_BASE_URL: `${box.upstream.url}/v1`,
        GATEWAY_API_KEYS: `configured:${KEY}`,
        ADMIN_API_KEY: ADMIN,
        ENCRYPTION_KEY: 'e'.repeat(43),
      },
    });
  });
  afterAll(async () => {
    await box.gateway?.close();
    await box.upstream?.close();
  });

  /** Each request has a connection of its own, and connections are dealt out in turn. */
  const ask = async (
    key: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    method = 'POST',
  ) => {
    const answer = await send(`${box.gateway?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body ?? {}),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, string>,
    };
  };
  const chat = (key: string, headers: Record<string, string> = {}) =>
    ask(key, '/v1/chat/completions', CHAT, headers);
  const everywhere = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 6 }, work));

  it('all know a key that one has made, and that one has revoked', async () => {
    const { body } = await ask(ADMIN, '/admin/keys', { name: 'made' });
    const key = body.key ?? '';
    for (const { status } of await everywhere(() => chat(key))) expect(status).toBe(200);
    await ask(ADMIN, `/admin/keys/${body.id}/revoke`);
    await until(
      'it is refused everywhere',
      async () => (await everywhere(() => chat(key))).every(({ status }) => status === 401),
      { deadlineMs: 5_000, everyMs: 50 },
    );
  });

  it('all call with a credential that one was given', async () => {
    await ask(ADMIN, '/admin/credentials/openai', { api_key: 'sk-stored' }, {}, 'PUT');
    await until('it is used everywhere', async () => {
      const from = box.upstream?.journal.length ?? 0;
      await everywhere(() => chat(KEY));
      const used = box.upstream?.journal.slice(from).map(({ headers }) => headers.authorization);
      return used?.every((authorization) => authorization === 'Bearer sk-stored');
    });
  });

  it('make a call with an idempotency key once', async () => {
    const before = box.upstream?.journal.length ?? 0;
    const answers = await everywhere(() => chat(KEY, { 'idempotency-key': 'order-1' }));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(answers.filter(({ headers }) => headers['x-llm-edge-idempotent-replay'] === 'true')).toHaveLength(
      5,
    );
    expect((box.upstream?.journal.length ?? 0) - before).toBe(1);
  });
});
