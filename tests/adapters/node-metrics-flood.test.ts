import { describe, expect, it } from 'vitest';
import { createMemoryDeps } from '../../adapters/memory/deps.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createExposition } from '../../adapters/node/metrics/exposition.ts';
import { merge } from '../../adapters/node/metrics/merge.ts';
import { knownModels } from '../../src/account/models.ts';
import { type App, createApp, loadConfig } from '../../src/index.ts';
import { readSamples, sumSamples } from '../support/prometheus.ts';

const CALLS = 10_000;
const PATHS = ['chat/completions', 'responses', 'messages', 'embeddings', 'nothing'];

describe('a flood of names', { timeout: 120_000 }, () => {
  it('of 10,000 models and tenants leaves less than 200 kB to scrape, over two processes', async () => {
    const processes = [startProcess(), startProcess()];
    for (let i = 0; i < CALLS; i += 1) await call(processes[i % 2]?.app, i);
    const metrics = merge(processes.map((one) => one.metrics.snapshot()));
    const text = await createExposition(
      createMemoryDeps({ fetch: refuse }).clock,
      2,
    )({ metrics, cpuMicros: 0 });
    console.log(`the exposition is ${text.length} bytes`);
    expect(text.length).toBeLessThan(200_000);
    expect(text).not.toMatch(/invented|nobody|nothing|sk-/);
    const samples = readSamples(text);
    expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(CALLS);
    expect(sumSamples(samples, 'llm_edge_tenant_requests_total')).toBe(CALLS);
    expect(sumSamples(samples, 'llm_edge_upstream_attempts_total')).toBeGreaterThan(CALLS / 3);
  });
});

const refuse = async () => {
  throw new Error('no network');
};

function startProcess() {
  const loaded = loadConfig({
    env: { AUTH_MODE: 'passthrough', OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x', CACHE_MODE: 'off' },
    file: undefined,
    listen: null,
  });
  if (!loaded.ok) throw new Error('the configuration is wrong');
  const metrics = createMemoryMetrics();
  const deps = createMemoryDeps({ metrics, fetch: refuse });
  const app = createApp({
    deps,
    config: loaded.config,
    lifecycle: { phase: 'ready' },
    version: '0',
    runtime: 'x',
  });
  return { app, metrics };
}

/** Real names among invented ones, on all paths that take a model, each with a key of its own. */
async function call(app: App | undefined, i: number): Promise<void> {
  const model = nameOf(i);
  const body = {
    model,
    max_tokens: 1,
    stream: i % 2 === 0,
    input: 'x',
    messages: [{ role: 'user', content: 'x' }],
  };
  const request = new Request(`http://gateway/v1/${PATHS[i % PATHS.length]}`, {
    method: 'POST',
    headers: { authorization: `Bearer sk-of-tenant-${i}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await app?.fetch(request, {
    background: { waitUntil: (work) => void work.catch(() => {}) },
  });
  await answer?.text();
}

function nameOf(i: number): string {
  const known = [...knownModels('openai')];
  if (i % 3 === 0) return known[(i / 3) % known.length] ?? '';
  return i % 3 === 1 ? `openai/invented-${i}` : `nobody-${i}"\n{}`;
}
