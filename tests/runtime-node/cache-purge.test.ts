import { afterEach, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

const started: NodeGateway[] = [];
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
});

it('a purge reaches every worker within two seconds', async () => {
  const gateway = await startNode({
    WORKERS: '2',
    CACHE_MODE: 'all',
    ADMIN_API_KEY: 'admin-key-of-the-tests',
  });
  started.push(gateway);
  // A connection of its own each time, which the primary deals out in turn.
  const ask = async () => {
    const answer = await send(`${gateway.url}/v1/chat/completions`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    await answer.text();
    return answer.headers['x-llm-edge-cache'];
  };
  const four = () => Promise.all([ask(), ask(), ask(), ask()]);
  await until('both workers have it', async () => (await four()).every((status) => status === 'hit-l1'));
  const answer = await send(`${gateway.url}/admin/cache?tenant=anonymous`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer admin-key-of-the-tests' },
  });
  expect(answer.status).toBe(200);
  let misses = 0;
  await until('each worker has missed it once', async () => {
    if ((await ask()) === 'miss') misses++;
    return misses === 2;
  });
});
