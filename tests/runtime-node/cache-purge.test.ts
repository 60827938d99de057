import { afterEach, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

const started: NodeGateway[] = [];
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const ADMIN = { authorization: 'Bearer admin-key-of-the-tests' };
const BODY = JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hi' }] });

it.each([
  ['a tenant', async () => ''],
  [
    'an entry',
    async (url: string) => {
      const explained = await send(`${url}/v1/explain`, { headers: JSON_TYPE, body: BODY });
      const { cache } = (await explained.json()) as { cache: { key: string } };
      return `&entry=${cache.key}`;
    },
  ],
])('a purge of %s reaches every worker within two seconds', async (_, scope) => {
  const gateway = await startNode({
    WORKERS: '2',
    CACHE_MODE: 'all',
    AUTH_MODE: 'open',
    ADMIN_API_KEY: 'admin-key-of-the-tests',
  });
  started.push(gateway);
  // A connection of its own each time, which the primary deals out in turn.
  const ask = async () => {
    const answer = await send(`${gateway.url}/v1/chat/completions`, { headers: JSON_TYPE, body: BODY });
    await answer.text();
    return answer.headers['x-llm-edge-cache'];
  };
  const four = () => Promise.all([ask(), ask(), ask(), ask()]);
  await until('both workers have it', async () => (await four()).every((status) => status === 'hit-l1'));
  const query = `?tenant=anonymous${await scope(gateway.url)}`;
  const answer = await send(`${gateway.url}/admin/cache${query}`, { method: 'DELETE', headers: ADMIN });
  expect(answer.status).toBe(200);
  let misses = 0;
  await until('each worker has missed it once', async () => {
    if ((await ask()) === 'miss') misses++;
    return misses === 2;
  });
});
