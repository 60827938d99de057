import { CHAT, chatEvents, USAGE_EVENT } from '../support/black-box.ts';
import { type ClientRequest, type ClientResponse, send } from '../support/http-client.ts';
import { findSample, sumSamples } from '../support/prometheus.ts';
import { until } from '../support/wait.ts';
import { type Listener, type LiveStream, listenTo } from './cache-live.ts';
import { type NodeGateway, startNode } from './node-gateway.ts';

export const KEY = 'sk-gateway-test-key-0001';
export const OTHER_KEY = 'sk-gateway-test-key-0002';

/** A chat stream as OpenAI sends it to who asks for usage. */
export const EVENTS: readonly string[] = [
  ...chatEvents(['One', ' two', ' three']).slice(0, -1),
  USAGE_EVENT,
  'data: [DONE]',
];

let count = 0;
/** A chat call that nothing in any cache is the answer to. */
export const fresh = (more: object = {}) => ({
  ...CHAT,
  messages: [{ role: 'user', content: `Question ${++count} of ${process.pid}` }],
  ...more,
});

/** A gateway on Node with the cache on, whose OpenAI is `upstreamUrl`. */
export function startCached(
  upstreamUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<NodeGateway> {
  return startNode({
    CACHE_MODE: 'all',
    OPENAI_API_KEY: 'sk-upstream-openai-secret',
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
    GATEWAY_API_KEYS: `test:${KEY},other:${OTHER_KEY}`,
    RATE_LIMIT_RPM: '100000000',
    LOG_LEVEL: 'warn',
    ...env,
  });
}

/** A chat call; its answer is not read. */
export function call(
  { url }: { readonly url: string },
  body: object,
  { headers, ...options }: ClientRequest = {},
): Promise<ClientResponse> {
  const all = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers };
  return send(`${url}/v1/chat/completions`, { ...options, headers: all, body: JSON.stringify(body) });
}

export interface Told {
  readonly status: number;
  /** `x-llm-edge-cache` */
  readonly cache: string;
  readonly text: string;
  readonly cut: boolean;
}

export async function told(answer: ClientResponse): Promise<Told> {
  const { bytes, cut } = await answer.read();
  return { status: answer.status, cache: String(answer.headers['x-llm-edge-cache']), text: `${bytes}`, cut };
}

export const ask = async (gateway: { readonly url: string }, body: object, options?: ClientRequest) =>
  told(await call(gateway, body, options));

/** Asks until the cache has the answer: it is kept behind its back. */
export function untilKept(gateway: { readonly url: string }, body: object, options: ClientRequest = {}) {
  const headers = { ...options.headers, 'cache-control': 'only-if-cached' };
  return until('the cache has it', async () => {
    const answer = await ask(gateway, body, { ...options, headers });
    return answer.status === 200 && answer;
  });
}

/** What a gateway counted. */
export interface Counts {
  readonly active: number;
  readonly misses: number;
  readonly hits: Readonly<Record<'l1' | 'l2' | 'coalesced', number>>;
  /** Calls of providers. */
  readonly attempts: number;
  readonly bytes: number;
}

export async function countsOf(gateway: NodeGateway): Promise<Counts> {
  const samples = await gateway.samples();
  const hits = (tier: string) => sumSamples(samples, 'llm_edge_cache_hits_total', { tier });
  return {
    active: sumSamples(samples, 'llm_edge_active_requests'),
    misses: sumSamples(samples, 'llm_edge_cache_misses_total'),
    hits: { l1: hits('l1'), l2: hits('l2'), coalesced: hits('coalesced') },
    attempts: sumSamples(samples, 'llm_edge_upstream_attempts_total'),
    bytes: findSample(samples, 'llm_edge_memory_bytes', {}) ?? 0,
  };
}

/** Waits until so many requests are under way. */
export function untilActive(gateway: NodeGateway, active: number, deadlineMs = 10_000): Promise<Counts> {
  return until(
    `${active} requests are under way`,
    async () => {
      const counts = await countsOf(gateway);
      return counts.active === active && counts;
    },
    { deadlineMs },
  );
}

/** What was counted from `before` to `after`. */
export function since(before: Counts, after: Counts): Omit<Counts, 'active' | 'bytes'> {
  return {
    misses: after.misses - before.misses,
    hits: {
      l1: after.hits.l1 - before.hits.l1,
      l2: after.hits.l2 - before.hits.l2,
      coalesced: after.hits.coalesced - before.hits.coalesced,
    },
    attempts: after.attempts - before.attempts,
  };
}

/** So many of the same calls, all of them under way at once. */
export async function callAtOnce(
  gateway: NodeGateway,
  count: number,
  body: object,
  options: ClientRequest = {},
) {
  const before = await untilActive(gateway, 0);
  const answers = Array.from({ length: count }, () => call(gateway, body, options));
  await untilActive(gateway, count);
  return { before, answers };
}

/** So many who have heard the beginning of the same stream. */
export async function manyListeners(
  gateway: NodeGateway,
  count: number,
  body: object,
  live: LiveStream,
): Promise<Listener[]> {
  const answers = Array.from({ length: count }, () => call(gateway, body).then(listenTo));
  live.send(...EVENTS.slice(0, 2));
  const listeners = await Promise.all(answers);
  for (const listener of listeners) await listener.hears('One');
  return listeners;
}

/** How often each was told. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
