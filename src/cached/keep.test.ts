import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createLocalCache } from '../../adapters/memory/local-cache.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createTiers } from '../cache/tiers.ts';
import { CallLife } from '../call-life.ts';
import type { Prepared } from '../dispatch.ts';
import type { CachePolicy } from '../domain/cache-policy.ts';
import { routeOf, targetOf } from '../route/testing.ts';
import { createKeep } from './keep.ts';

const POLICY: CachePolicy = {
  mode: 'all',
  ttlMs: 100_000,
  staleWhileRevalidateMs: 1_000,
  staleIfErrorMs: 5_000,
  keep: [],
  semantic: 'off',
};
const KEY = '0'.repeat(64);
const encoder = new TextEncoder();

function setup(policy: Partial<CachePolicy>, nearMs: number | null = null) {
  const clock = createFakeClock();
  const cachePolicy = { ...POLICY, ...policy };
  const written: { tier: string; ttlMs: number }[] = [];
  const near = createLocalCache({ clock });
  const far = createMemoryCacheStore({ clock });
  const l1: typeof near = {
    ...near,
    set(tenant, key, entry, ttlMs) {
      written.push({ tier: 'l1', ttlMs });
      near.set(tenant, key, entry, ttlMs);
    },
  };
  const l2: typeof far = {
    ...far,
    async set(_, __, ___, ttlMs) {
      written.push({ tier: 'l2', ttlMs });
    },
  };
  const tiers = createTiers({
    l1,
    l2: nearMs === null ? null : l2,
    clock,
    l1Ms: 60_000,
    onWrite: () => {},
    onError: () => {},
    queue: null,
  });
  const keep = createKeep({ clock, tiers, settings: { nearMs } });
  const kept = { ...call(clock, cachePolicy), key: KEY, policy: cachePolicy };
  const find = async () => tiers.lookNear('t', KEY);
  /** The provider's answer, as it was read on its way. */
  const keepWhole = (body: string) => {
    const { answered } = kept.prepared.life.record;
    if (answered !== null) answered.reply = JSON.parse(body);
    return keep.whole(kept, body);
  };
  return { keep, keepWhole, kept, find, written };
}

function call(clock: ReturnType<typeof createFakeClock>, cachePolicy: CachePolicy) {
  const { signal } = new AbortController();
  const incoming = { requestId: 'r', endpoint: 'chat', errorDialect: 'openai', method: 'POST' } as const;
  const from = { path: '/', query: '', headers: new Headers(), readBody: async () => new Uint8Array() };
  const life = new CallLife(
    {
      clock,
      logger: createMemoryLogger(),
      settle: { attempt: () => {}, request: () => {} },
      startTrace: () => null,
      totalMs: 60_000,
    },
    { ...incoming, ...from, signal, startedAt: 0 },
    'a',
    { waitUntil: () => {} },
  );
  const body = { bytes: new Uint8Array(), text: '{}', json: {} };
  const target = { ...targetOf('p/m'), score: 0, reason: '' };
  life.record.answered = life.beginTry(target, false);
  const prepared: Prepared = {
    life,
    plan: { route: routeOf('m', [target]), targets: [target], leftOut: [] },
    call: { endpoint: 'chat', dialect: 'openai-chat', model: 'm', stream: false, body },
    headers: {},
    shared: true,
    cachePolicy,
  };
  return {
    principal: { tenant: 't' },
    prepared,
    directives: { noStore: false, ttlMs: null, namespace: null },
    head: { status: 200, headers: {}, target },
  };
}

const reply = (finish_reason: string, more: object = {}) =>
  JSON.stringify({ choices: [{ index: 0, message: { content: 'a', ...more }, finish_reason }] });
const stream = (finish_reason: string) => ({
  chunks: [encoder.encode(`data: ${reply(finish_reason)}\n\ndata: [DONE]\n\n`)],
  ended: true,
});

describe('what is kept of a call', () => {
  it.each([
    ['truncated', reply('length')],
    ['filtered', reply('content_filter')],
    ['refused', reply('stop', { refusal: 'No.' })],
  ] as const)('a %s answer, only where its policy says so', async (ending, body) => {
    const never = setup({});
    await never.keepWhole(body);
    expect(await never.find()).toBeNull();
    const others = (['truncated', 'filtered', 'refused'] as const).filter((other) => other !== ending);
    const wrong = setup({ keep: others });
    await wrong.keepWhole(body);
    expect(await wrong.find()).toBeNull();
    const asked = setup({ keep: [ending] });
    await asked.keepWhole(body);
    expect(await asked.find()).not.toBeNull();
  });

  it('a truncated stream as well', async () => {
    const never = setup({});
    await never.keep.stream(never.kept, stream('length'));
    expect(await never.find()).toBeNull();
    const asked = setup({ keep: ['truncated'] });
    await asked.keep.stream(asked.kept, stream('length'));
    expect(await asked.find()).toMatchObject({ entry: { kind: 'event-stream' } });
  });

  it('lives for as long as its policy says, and is stale for as long', async () => {
    const { keepWhole, find, written } = setup({ ttlMs: 20_000, staleIfErrorMs: 7_000 });
    await keepWhole(reply('stop'));
    expect(await find()).toMatchObject({ entry: { ttlMs: 20_000 } });
    expect(written).toEqual([{ tier: 'l1', ttlMs: 27_000 }]);
  });

  it('is in front of a second tier for no longer than the first may keep it', async () => {
    const { keepWhole, written } = setup({ ttlMs: 20_000, staleIfErrorMs: 7_000 }, 9_000);
    await keepWhole(reply('stop'));
    expect(written).toEqual([
      { tier: 'l1', ttlMs: 9_000 },
      { tier: 'l2', ttlMs: 27_000 },
    ]);
  });
});
