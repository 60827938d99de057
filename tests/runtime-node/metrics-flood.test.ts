import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownModels } from '../../src/account/models.ts';
import { CHAT_REPLY } from '../support/black-box.ts';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { send } from '../support/http-client.ts';
import { sumSamples } from '../support/prometheus.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

const CALLS = 10_000;
const AT_ONCE = 25;

describe('a flood of names', { timeout: 180_000 }, () => {
  let upstream: FaultUpstream;
  let gateway: NodeGateway;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    upstream = await startFaultUpstream(json(200, CHAT_REPLY));
    gateway = await startNode({
      WORKERS: '2',
      AUTH_MODE: 'passthrough',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `${upstream.url}/v1`,
      ANTHROPIC_API_KEY: 'x',
      ANTHROPIC_BASE_URL: upstream.url,
      LOG_LEVEL: 'error',
    });
  });
  afterAll(async () => {
    agent.destroy();
    await gateway?.close();
    await upstream?.close();
  });

  /** Real names among invented ones, on all the paths that take a model. */
  function nameOf(i: number): string {
    const known = knownModels('openai');
    if (i % 3 === 0) return known[(i / 3) % known.length] ?? '';
    return i % 3 === 1 ? `openai/invented-${i}` : `nobody-${i}"\n{}`;
  }

  async function call(i: number): Promise<void> {
    const paths = ['chat/completions', 'responses', 'messages', 'embeddings', `nothing-${i}`];
    const model = nameOf(i);
    const body = {
      model,
      max_tokens: 1,
      stream: i % 2 === 0,
      input: 'x',
      messages: [{ role: 'user', content: 'x' }],
    };
    const headers = { authorization: `Bearer sk-tenant-${i}-of-its-own`, 'content-type': 'application/json' };
    const options = { agent, headers, body: JSON.stringify(body) };
    const answer = await send(`${gateway.url}/v1/${paths[i % paths.length]}`, options);
    await answer.read();
  }

  it('of 10,000 models and tenants leaves less than 200 kB to scrape', async () => {
    let next = 0;
    const worker = async () => {
      while (next < CALLS) await call(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const url = /metrics on (http:\S+)/.exec(gateway.logs())?.[1] ?? '';
    const text = await (await send(url)).text();
    console.log(`the exposition is ${text.length} bytes`);
    expect(text.length).toBeLessThan(200_000);
    expect(text).not.toMatch(/invented|nobody-\d|sk-/);
    const samples = await gateway.samples();
    expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(CALLS);
    expect(sumSamples(samples, 'llm_edge_tenant_requests_total')).toBe(CALLS);
  });
});
