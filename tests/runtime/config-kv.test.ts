import { afterEach, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { send } from '../support/http-client.ts';

let gateway: RunningGateway | undefined;
afterEach(() => gateway?.close());

const body = JSON.stringify({ model: 'smart', messages: [{ role: 'user', content: 'Hi' }] });
const ask = () =>
  send(`${gateway?.url}/v1/chat/completions`, { headers: { 'content-type': 'application/json' }, body });

it('a Worker reads its configuration from KV', async () => {
  gateway = await startGateway({
    runtime: 'workerd',
    env: { LLM_EDGE_CONFIG: 'gateway.yaml' },
    kv: { 'gateway.yaml': 'server: {enable_sandbox: true}\nroutes: {smart: sandbox/echo}' },
  });
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

it('a Worker whose configuration is not in KV says so in its log alone', async () => {
  gateway = await startGateway({ runtime: 'workerd', env: { LLM_EDGE_CONFIG: 'gateway.yaml' }, kv: {} });
  const answer = await ask();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'misconfigured' } });
  expect(gateway.logs()).toContain('has no such key');
});
