import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { findSample, sumSamples } from '../support/prometheus.ts';
import { until } from '../support/wait.ts';
import { afterFirstBytes, chat, type NodeGateway, startNode } from './node-gateway.ts';

const started: NodeGateway[] = [];
const start = async (env: Record<string, string> = {}) => {
  const gateway = await startNode({ WORKERS: '2', ...env });
  started.push(gateway);
  return gateway;
};
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
});

const metricsUrl = ({ logs }: NodeGateway) => /metrics on (http:\S+)/.exec(logs())?.[1] ?? '';

/** What the sandbox and its price say that these calls used. */
async function callAll(gateway: NodeGateway, count: number) {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) => chat(gateway, { words: 1 + (i % 5) })),
  );
  let [input, output, cost] = [0, 0, 0];
  for (const answer of answers) {
    const { usage } = (await answer.json()) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    input += usage.prompt_tokens;
    output += usage.completion_tokens;
    cost += Number(answer.headers['x-llm-edge-cost-usd']);
  }
  return { input, output, cost };
}

const tokens = async (gateway: NodeGateway, type: string) =>
  sumSamples(await gateway.samples(), 'llm_edge_tokens_total', { provider: 'sandbox', model: 'echo', type });

describe.each(['1', '2'])('the metrics of %s worker(s)', (workers) => {
  it('equal what was sent', async () => {
    const gateway = await start({ WORKERS: workers });
    const used = await callAll(gateway, 40);
    await (await chat(gateway, { model: 'nobody/knows' })).text();
    const samples = await gateway.samples();
    const chatLabels = {
      endpoint: 'chat',
      provider: 'sandbox',
      model: 'echo',
      status: '200',
      stream: 'false',
    };
    expect(findSample(samples, 'llm_edge_requests_total', chatLabels)).toBe(40);
    expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(41);
    expect(await tokens(gateway, 'input')).toBe(used.input);
    expect(await tokens(gateway, 'output')).toBe(used.output);
    expect(sumSamples(samples, 'llm_edge_cost_usd_total')).toBeCloseTo(used.cost, 12);
    const duration = { endpoint: 'chat', provider: 'sandbox', stream: 'false' };
    expect(findSample(samples, 'llm_edge_request_duration_seconds_count', duration)).toBe(40);
    const whole = { ...duration, le: '+Inf' };
    expect(findSample(samples, 'llm_edge_request_duration_seconds_bucket', whole)).toBe(40);
  });

  it('know what the processes are at', async () => {
    const gateway = await start({ WORKERS: workers });
    const streams = await Promise.all(
      [1, 2, 3].map(() => chat(gateway, { model: 'sandbox/slow-50-50', words: 200, stream: true })),
    );
    await Promise.all(streams.map(afterFirstBytes));
    const samples = await gateway.samples();
    expect(findSample(samples, 'llm_edge_active_requests', {})).toBe(3);
    expect(findSample(samples, 'llm_edge_active_connections', {})).toBe(3);
    expect(findSample(samples, 'llm_edge_memory_bytes', {})).toBeGreaterThan(40e6);
    expect(findSample(samples, 'llm_edge_cpu_usage_percent', {})).toBeGreaterThanOrEqual(0);
    expect(sumSamples(samples, 'llm_edge_build_info', { runtime: 'node' })).toBe(1);
    for (const stream of streams) stream.abort();
    await until('all have gone', async () => {
      const now = await gateway.samples();
      return ['requests', 'connections'].every(
        (what) => findSample(now, `llm_edge_active_${what}`, {}) === 0,
      );
    });
    const gone = sumSamples(await gateway.samples(), 'llm_edge_client_disconnects_total');
    expect(gone).toBe(3);
  });

  it('are served at GET /metrics in the text format, and nothing else is', async () => {
    const gateway = await start({ WORKERS: workers });
    const url = metricsUrl(gateway);
    const answer = await send(url);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4(;|$)/);
    expect((await send(`${url}?name=x`)).status).toBe(200);
    expect((await send(url.replace('/metrics', '/'))).status).toBe(404);
    expect((await send(url, { body: 'x' })).status).toBe(404);
    expect((await send(`${gateway.url}/metrics`)).status, 'not for clients of the API').toBe(404);
  });
});

describe('the metrics of several workers', () => {
  it('keep what a killed worker counted, and lose its gauges', async () => {
    const gateway = await start();
    const used = await callAll(gateway, 30);
    // Longer than a worker takes to report, so that nothing is lost although nobody has scraped.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [victim = 0] = gateway.workers();
    process.kill(victim, 'SIGKILL');
    await until(
      'it was replaced',
      () => gateway.workers().length === 2 && !gateway.workers().includes(victim),
    );
    expect(await tokens(gateway, 'input')).toBe(used.input);
    const more = await callAll(gateway, 10);
    expect(await tokens(gateway, 'input')).toBe(used.input + more.input);
    expect(await tokens(gateway, 'output')).toBe(used.output + more.output);
    const samples = await gateway.samples();
    expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(40);
    expect(sumSamples(samples, 'llm_edge_request_duration_seconds_count')).toBe(40);
    expect(findSample(samples, 'llm_edge_active_requests', {})).toBe(0);
  });

  it('do not wait for a worker that is stuck', async () => {
    const gateway = await start();
    await callAll(gateway, 20);
    await gateway.samples();
    const [stuck = 0] = gateway.workers();
    process.kill(stuck, 'SIGSTOP');
    try {
      const startedAt = performance.now();
      const samples = await gateway.samples();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(20);
    } finally {
      process.kill(stuck, 'SIGCONT');
    }
    await callAll(gateway, 10);
    await until(
      'it is heard again',
      async () => sumSamples(await gateway.samples(), 'llm_edge_requests_total') === 30,
    );
  });
});

describe('metrics that are switched off', () => {
  it('need no port', async () => {
    const gateway = await start({ ENABLE_METRICS: 'false' });
    expect(gateway.logs()).not.toContain('metrics on');
    expect((await chat(gateway)).status).toBe(200);
  });
});
