import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startBalancer } from '../support/balancer.ts';
import { send } from '../support/http-client.ts';
import { within } from '../support/wait.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

const MESSAGES = [{ role: 'user', content: 'w w w w w w w w w w w w w w w w w w w w' }];

describe.each(['1', '2'])('replicas of %s worker(s) that are replaced one by one under load', (WORKERS) => {
  it('lose no call and cut no stream', { timeout: 90_000 }, async () => {
    const balancer = await startBalancer(300);
    closing.push(balancer);
    const start = async () => {
      const gateway = await startNode({ WORKERS });
      closing.push(gateway);
      balancer.add(gateway.url);
      return gateway;
    };
    const old = [await start(), await start()];
    const load = startLoad(balancer.url);
    for (const gateway of old) {
      await start();
      await replace(gateway);
    }
    const { answers, streams, faults } = await load.stop();
    console.log(`${answers} answers and ${streams} streams during two replacements`);
    expect(faults).toEqual([]);
    expect(Math.min(answers, streams)).toBeGreaterThan(5);
  });
});

async function replace(gateway: NodeGateway): Promise<void> {
  gateway.signal('SIGTERM');
  expect(await gateway.ended(20_000)).toBe(0);
}

/** Clients with connections that they keep: half of them pause between their calls, so that some are idle at any time. */
function startLoad(url: string) {
  const faults: string[] = [];
  const done = { answers: 0, streams: 0 };
  let running = true;
  const client = async (stream: boolean, pauseMs: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) {
      await call(stream, agent).catch((error: Error) => faults.push(`${stream}: ${error.message}`));
      if (pauseMs > 0) await sleep(pauseMs);
    }
    agent.destroy();
  };
  const call = async (stream: boolean, agent: Agent) => {
    const model = stream ? 'sandbox/slow-50-50' : 'sandbox/echo';
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    const answer = await send(`${url}/v1/chat/completions`, {
      agent,
      headers,
      body: JSON.stringify({ model, stream, messages: MESSAGES }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    if (stream && !text.endsWith('data: [DONE]\n\n')) throw new Error(`cut: ${text.slice(-100)}`);
    done[stream ? 'streams' : 'answers'] += 1;
  };
  const pauses = [0, 0, 1, 3, 10, 30];
  const clients = pauses.flatMap((pauseMs) => [client(false, pauseMs), client(true, pauseMs)]);
  return {
    async stop() {
      running = false;
      await within('the clients end', Promise.all(clients), 20_000);
      return { ...done, faults };
    },
  };
}
