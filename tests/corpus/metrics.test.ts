import { calcPrice } from '@pydantic/genai-prices';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NodeGateway, startNode } from '../runtime-node/node-gateway.ts';
import { describeWithCorpus, type Exchange, exchanges, type Json } from '../support/corpus.ts';
import { send } from '../support/http-client.ts';
import { sumSamples } from '../support/prometheus.ts';
import { type ReplayUpstream, startReplayUpstream } from '../support/replay-upstream.ts';

/** The recorded calls that are sent as they are, of models that both price lists know. */
const API = {
  'openai.chat': { path: '/v1/chat/completions', provider: 'openai', models: /^gpt-/ },
  'anthropic.messages': { path: '/v1/messages', provider: 'anthropic', models: /^claude-[a-z]/ },
} as const;
const REFUSED = 5;

interface Told {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

const apiOf = ({ api }: Exchange) =>
  api === 'openai.chat' || api === 'anthropic.messages' ? API[api] : null;

function isSent(exchange: Exchange): boolean {
  const api = apiOf(exchange);
  const { body } = exchange.request;
  if (api === null || exchange.provider !== api.provider || !api.models.test(String(body.model)))
    return false;
  // What the gateway would have to estimate, since nobody told it.
  return exchange.response.status === 200 && toldBy(exchange) !== null && !usesMore(exchange);
}

/** Searches, sound and other tiers of service, which `tests/corpus/prices.test.ts` prices by itself. */
function usesMore({ response }: Exchange): boolean {
  const told = `${response.sse ?? ''}${JSON.stringify(response.body ?? null)}`;
  return /"(?:(?:web_search_requests|audio_tokens)": ?[1-9]|service_tier": ?"(?:priority|flex))/.test(told);
}

/** What the answer itself says that it used, read without the gateway's readers. */
function toldBy({ api, response }: Exchange): Told | null {
  const events = (response.sse ?? '').split('\n').filter((line) => line.startsWith('data: {'));
  const told = [response.body ?? {}, ...events.map((line) => JSON.parse(line.slice(6)) as Json)];
  const usages = told.flatMap((one) => [one.usage, (one.message as Json | undefined)?.usage]);
  const usage: Json = Object.assign({}, ...usages.filter((one) => one !== undefined && one !== null));
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  if (Object.keys(usage).length === 0) return null;
  if (api === 'anthropic.messages') {
    return {
      input: number(usage.input_tokens),
      cacheRead: number(usage.cache_read_input_tokens),
      cacheWrite: number(usage.cache_creation_input_tokens),
      output: number(usage.output_tokens),
    };
  }
  const cacheRead = number((usage.prompt_tokens_details as Json | undefined)?.cached_tokens);
  const input = number(usage.prompt_tokens) - cacheRead;
  return { input, cacheRead, cacheWrite: 0, output: number(usage.completion_tokens) };
}

describeWithCorpus('the metrics after a run', () => {
  let upstream: ReplayUpstream;
  let gateway: NodeGateway;
  const sent = exchanges().filter(isSent);

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    gateway = await startNode({
      WORKERS: '2',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `${upstream.url}/v1`,
      ANTHROPIC_API_KEY: 'x',
      ANTHROPIC_BASE_URL: upstream.url,
      LOG_LEVEL: 'error',
    });
  });
  afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

  async function call(exchange: Exchange): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer any' };
    const options = { headers, body: exchange.requestText };
    await (await send(`${gateway.url}${apiOf(exchange)?.path}`, options)).bytes();
  }

  it('equal what the upstream was asked and told', { timeout: 120_000 }, async () => {
    expect(sent.length).toBeGreaterThan(50);
    for (const exchange of sent) {
      upstream.serve(exchange);
      await call(exchange);
    }
    // Nothing is served for these: the upstream refuses them.
    const [first] = sent;
    for (let i = 0; i < REFUSED && first !== undefined; i += 1) await call(first);

    const told = sent.map(toldBy).filter((one) => one !== null);
    const sum = (of: keyof Told) => told.reduce((all, one) => all + one[of], 0);
    const samples = await gateway.samples();
    const tokens = (type: string) => sumSamples(samples, 'llm_edge_tokens_total', { type });
    expect(sumSamples(samples, 'llm_edge_requests_total', { status: '200' })).toBe(sent.length);
    expect(sumSamples(samples, 'llm_edge_requests_total')).toBe(sent.length + REFUSED);
    expect(sumSamples(samples, 'llm_edge_upstream_attempts_total')).toBe(upstream.journal.length);
    expect(sumSamples(samples, 'llm_edge_upstream_attempts_total', { outcome: 'ok' })).toBe(sent.length);
    expect(tokens('input')).toBe(sum('input'));
    expect(tokens('cache_read')).toBe(sum('cacheRead'));
    expect(tokens('cache_write')).toBe(sum('cacheWrite'));
    expect(tokens('output')).toBe(sum('output'));
    expect(sumSamples(samples, 'llm_edge_cost_usd_total')).toBeCloseTo(costByTheLibrary(), 6);
    expect(sumSamples(samples, 'llm_edge_active_requests')).toBe(0);
  });

  function costByTheLibrary(): number {
    const costs = sent.map((exchange) => {
      const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0 } = toldBy(exchange) ?? {};
      const usage = {
        input_tokens: input + cacheRead + cacheWrite,
        cache_read_tokens: cacheRead,
        cache_write_tokens: cacheWrite,
        output_tokens: output,
      };
      const options = { providerId: exchange.provider, timestamp: new Date() };
      return calcPrice(usage, String(exchange.request.body.model), options)?.total_price ?? 0;
    });
    return costs.reduce((all, cost) => all + cost, 0);
  }
});
