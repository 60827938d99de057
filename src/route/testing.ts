import { catalogueRow, OPENAI_COMPATIBLE } from '../config/catalogue.ts';
import type { ConfiguredRoute } from '../config/config.ts';
import type { Call, JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { RouteTarget } from '../domain/plan.ts';
import type { Provider } from '../domain/provider.ts';
import type { TargetLoad, TargetStats } from './target-stats.ts';

/** What the tests of this folder share. */

export function providerOf(id: string): Provider {
  const { env: _, baseUrl, ...row } = catalogueRow(id) ?? OPENAI_COMPATIBLE;
  return { ...row, id, baseUrl: baseUrl ?? '', apiKey: null, apiKeys: [], transport: 'network' };
}

/** @param id `provider/model` */
export function targetOf(id: string, more: Partial<RouteTarget> = {}): RouteTarget {
  const slash = id.indexOf('/');
  return {
    id,
    provider: providerOf(id.slice(0, slash)),
    model: id.slice(slash + 1),
    weight: 1,
    tier: 0,
    tags: {},
    overrides: {},
    capabilities: null,
    contextTokens: null,
    maxConcurrency: null,
    ...more,
  };
}

export function routeOf(
  name: string,
  targets: readonly RouteTarget[],
  more: Partial<ConfiguredRoute> = {},
): ConfiguredRoute {
  return {
    name,
    configured: true,
    strategy: 'priority',
    targets,
    requires: [],
    midStream: 'error',
    hedge: false,
    fallOn: [],
    maxAttempts: 3,
    dropUnsupported: null,
    cache: null,
    ...more,
  };
}

const DIALECTS = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  embeddings: 'openai-embeddings',
} as const satisfies Record<string, Dialect>;

export function callOf(json: JsonObject, endpoint: keyof typeof DIALECTS = 'chat'): Call {
  const text = JSON.stringify(json);
  const body = { bytes: new TextEncoder().encode(text), text, json };
  return { endpoint, dialect: DIALECTS[endpoint], model: String(json.model), stream: false, body };
}

export const asks = (content: string, more: JsonObject = {}): JsonObject => ({
  model: 'smart',
  messages: [{ role: 'user', content }],
  ...more,
});

interface Stats extends Partial<TargetLoad> {
  readonly standing?: string;
}

export function statsOf(stats: Readonly<Record<string, Stats>>): TargetStats {
  return {
    load: (id) => ({ latencyMs: null, inFlight: 0, ...stats[id] }),
    standing: ({ id }) => stats[id]?.standing ?? 'ready',
    isDrained: ({ id }) => stats[id]?.standing === 'drained',
  };
}

/** Random numbers that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
