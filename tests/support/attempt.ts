import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createScriptedFetch, type FetchScript } from '../../adapters/memory/fetch.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createPricer } from '../../src/account/price.ts';
import { createSettle } from '../../src/account/settle.ts';
import { CallLife } from '../../src/call-life.ts';
import { catalogueRow } from '../../src/config/catalogue.ts';
import { createDispatch, type Prepared } from '../../src/dispatch.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { AttemptContext } from '../../src/domain/outcome.ts';
import type { Plan, PlannedTarget } from '../../src/domain/plan.ts';
import type { Principal } from '../../src/domain/principal.ts';
import type { Provider } from '../../src/domain/provider.ts';
import { type DialectEndpoint, ENDPOINT_DIALECT } from '../../src/edge/read-call.ts';
import { createExchange } from '../../src/exchange/exchange.ts';
import { createSend } from '../../src/provider/send.ts';
import { routeOf, targetOf } from '../../src/route/testing.ts';

export interface AttemptSetup {
  readonly script: FetchScript;
  readonly endpoint?: DialectEndpoint;
  /** An id of the catalogue. */
  readonly provider?: string;
  readonly body?: JsonObject;
  readonly target?: Partial<PlannedTarget>;
  readonly route?: Partial<Plan['route']>;
  readonly credential?: string;
  readonly breaks?: 'told' | 'broken';
  readonly headers?: Readonly<Record<string, string>>;
}

export function providerOf(id: string): Provider {
  const row = catalogueRow(id);
  if (row === undefined || row.baseUrl === null) throw new Error(`no provider ${id}`);
  return { ...row, baseUrl: row.baseUrl, apiKey: `sk-${id}`, apiKeys: [`sk-${id}`], transport: 'network' };
}

/** A call at the point where it is tried on a target: everything before it is there, nothing behind it. */
export function prepareAttempt(setup: AttemptSetup) {
  const { breaks = 'told', endpoint = 'chat', provider = 'openai', headers = {}, credential = null } = setup;
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const settle = createSettle({
    clock,
    logger,
    metrics: createMemoryMetrics(),
    keepBooks: async () => {},
    noteSaved: () => null,
    price: () => null,
    noteOutput: () => {},
    noteTrace: () => {},
    modelLabel: (_, model) => model,
    tenantLabel: (tenant) => tenant ?? 'none',
  });
  const client = new AbortController();
  const life = new CallLife(
    { clock, logger, settle, startTrace: () => null, totalMs: 600_000 },
    {
      requestId: 'request',
      endpoint,
      errorDialect: endpoint === 'messages' ? 'anthropic' : 'openai',
      method: 'POST',
      path: '/',
      query: '',
      headers: new Headers(headers),
      signal: client.signal,
      readBody: async () => new Uint8Array(),
      startedAt: clock.monotonic(),
    },
    'life',
    createMemoryBackground({ logger }),
  );
  const json: JsonObject = {
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 9,
    ...setup.body,
  };
  const text = JSON.stringify(json);
  const known = { provider: providerOf(provider), score: 0, reason: 'It is the only one.' };
  const target: PlannedTarget = { ...targetOf(`${provider}/m`), ...known, ...setup.target };
  const route = { ...routeOf('m', [target]), configured: false, ...setup.route };
  const plan: Plan = { route, targets: [target], leftOut: [] };
  const prepared: Prepared = {
    life,
    call: {
      endpoint,
      dialect: ENDPOINT_DIALECT[endpoint],
      model: 'm',
      stream: json.stream === true,
      body: { json, text, bytes: new TextEncoder().encode(text) },
    },
    plan,
    shared: false,
    headers: {},
    cachePolicy: {
      mode: 'off',
      ttlMs: 0,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 0,
      keep: [],
      semantic: 'off',
    },
  };
  const fetch = createScriptedFetch(setup.script);
  const send = createSend({ network: fetch, sandbox: fetch });
  const exchange = createExchange({
    clock,
    send,
    price: createPricer(),
    maxResponseSize: 1 << 20,
    capturesContent: false,
  });
  const dispatchTo = createDispatch({
    clock,
    exchange,
    dropUnsupported: false,
    maxMediaBytes: 0,
    fetchMedia: null,
    countTokens: async () => ({ tokens: 0, estimated: true }),
    bind: async () => {},
  });
  const principal = { tenant: 't', keyName: 'k', keyId: 'k', credential } as Principal;
  const context = (more: Partial<AttemptContext> = {}): AttemptContext => ({
    signal: life.scope.signal,
    number: 1,
    apiKey: 'sk-rotated',
    firstByteMs: 1_000,
    idleMs: 1_000,
    isHedge: false,
    ...more,
  });
  const attempt = (more: Partial<AttemptContext> = {}) =>
    dispatchTo(principal, prepared, breaks)(target, context(more));
  return { clock, client, life, logger, plan, prepared, attempt };
}
