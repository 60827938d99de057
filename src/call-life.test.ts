import { describe, expect, it } from 'vitest';
import { createMemoryBackground } from '../adapters/memory/background.ts';
import { createFakeClock } from '../adapters/memory/clock.ts';
import { createMemoryLogger } from '../adapters/memory/logger.ts';
import { createMemoryMetrics } from '../adapters/memory/metrics.ts';
import { createSettle } from './account/settle.ts';
import { CallLife } from './call-life.ts';
import type { LedgerEntry } from './domain/ledger-entry.ts';
import type { Principal } from './domain/principal.ts';
import type { Target } from './domain/provider.ts';
import type { AttemptRecord } from './domain/record.ts';

function target(id: string): Target {
  return {
    provider: {
      id,
      baseUrl: 'https://upstream',
      auth: 'bearer',
      paths: { chat: '/c' },
      models: [],
      streamUsage: 'always',
      otelName: id,
      apiKey: null,
      apiKeys: [],
      transport: 'network',
    },
    model: 'm',
  };
}

function start() {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const metrics = createMemoryMetrics();
  const ledger: LedgerEntry[] = [];
  const settle = createSettle({
    clock,
    logger,
    metrics,
    keepBooks: async ({ entries }) => void ledger.push(...entries),
    noteSaved: () => null,
    price: () => null,
    noteOutput: () => {},
    noteTrace: () => {},
    modelLabel: (_, model) => model,
    tenantLabel: () => 'other',
  });
  const incoming = {
    requestId: 'client-chosen',
    endpoint: 'chat',
    errorDialect: 'openai',
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: new Headers(),
    signal: new AbortController().signal,
    readBody: async () => new Uint8Array(),
    startedAt: clock.monotonic(),
  } as const;
  const life = new CallLife(
    { clock, logger, settle, startTrace: () => null, totalMs: 1_000 },
    incoming,
    'id',
    createMemoryBackground({ logger }),
  );
  const counted = (name: string) =>
    metrics
      .snapshot()
      .filter(({ instrument }) => instrument.name === `llm_edge_${name}`)
      .flatMap(({ series }) => series.map(({ labels, value }) => [...labels, value]));
  const holder: Pick<Principal, 'tenant' | 'keyId' | 'tags'> = { tenant: 't', keyId: 'k', tags: [] };
  life.record.principal = holder as Principal;
  return { clock, logger, ledger, life, counted };
}

function use(tried: AttemptRecord, input: number, cost: number | null): void {
  const usage = { input, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1, reasoning: 0 };
  Object.assign(tried, { usage: { ...usage, estimated: false }, cost });
}

describe('the attempts of a request', () => {
  it('are each accounted for by a name of their own, and the request by their sums', () => {
    const { life, ledger, counted, logger } = start();
    const first = life.beginTry(target('a'), false);
    Object.assign(first, { usage: null, cost: 0 });
    life.endTry(first, 'upstream_failed');
    const second = life.beginTry(target('b'), false);
    use(second, 10, 5_000_000_000);
    life.endTry(second, 'ok');
    expect(life.headers()).toMatchObject({ 'x-llm-edge-attempts': '2', 'x-llm-edge-provider': 'b' });
    life.finish();
    expect(ledger).toMatchObject([
      { id: 'id-1', requestId: 'client-chosen', provider: 'a', usage: null, cost: 0 },
      { id: 'id-2', requestId: 'client-chosen', provider: 'b', usage: { input: 10 }, cost: 5e9 },
    ]);
    expect(counted('upstream_attempts_total')).toEqual([
      ['a', 'm', 'upstream_failed', 1],
      ['b', 'm', 'ok', 1],
    ]);
    expect(counted('cost_usd_total')).toEqual([
      ['a', 'm', 0],
      ['b', 'm', 5],
    ]);
    expect(logger.lines).toMatchObject([{ fields: { attempts: 2, input_tokens: 10, cost_usd: '5' } }]);
  });

  it('have no known cost in all if one of them has none', () => {
    const { life, counted, logger } = start();
    for (const cost of [null, 7]) {
      const tried = life.beginTry(target('a'), false);
      use(tried, 1, cost);
      life.endTry(tried, 'ok');
    }
    life.finish();
    expect(counted('unpriced_requests_total')).toEqual([['a', 'm', 1]]);
    expect(logger.lines[0]?.fields).toMatchObject({ input_tokens: 2, output_tokens: 2, cost_usd: undefined });
  });

  it('end once', () => {
    const { life, ledger } = start();
    const tried = life.beginTry(target('a'), false);
    life.endTry(tried, 'ok');
    life.endTry(tried, 'client_closed');
    life.finish();
    expect(tried.outcome).toBe('ok');
    expect(ledger).toHaveLength(1);
  });

  it('are all over before the request is accounted for', async () => {
    const { life, logger, clock } = start();
    const slow = life.beginTry(target('a'), false);
    const quick = life.beginTry(target('b'), true);
    life.endTry(quick, 'ok');
    await clock.advance(100);
    life.finish();
    expect(logger.lines).toEqual([]);
    await clock.advance(50);
    use(slow, 3, 1);
    life.endTry(slow, 'cancelled');
    expect(logger.lines).toMatchObject([{ fields: { attempts: 2, input_tokens: 3, duration_ms: 100 } }]);
  });
});
