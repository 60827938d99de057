import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createScriptedFetch } from '../../adapters/memory/fetch.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { Call, JsonObject } from '../domain/call.ts';
import { type Claim, EVERYONE } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { type LimitPolicy, NO_LIMITS } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';
import type { UpstreamRequest } from '../ports/fetch.ts';
import { createAlert } from './alert.ts';
import { expectedUsage } from './expected.ts';
import { duration } from './limit-headers.ts';
import { createClaimPlanner, type Meant } from './plan-claims.ts';
import { createOutputMemory } from './usual-output.ts';
import { createWatch } from './watch.ts';
import { createWebhook } from './webhook.ts';

const encoder = new TextEncoder();
function call(json: JsonObject, endpoint: Call['endpoint'] = 'chat'): Call {
  const text = JSON.stringify(json);
  const body = { json, text, bytes: encoder.encode(text) };
  return { endpoint, dialect: 'openai-chat', model: 'm', stream: false, body };
}

describe('what a call is expected to use', () => {
  const usual = () => 500;
  it.each([
    ['what it allows', { max_tokens: 7 }, 7],
    ['by its newer name', { max_completion_tokens: 8, max_tokens: 7 }, 8],
    ['of Responses', { max_output_tokens: 9 }, 9],
    ['for each answer', { max_tokens: 7, n: 3 }, 21],
    ['the usual', {}, 500],
    ['the usual, where it allows nonsense', { max_tokens: -1 }, 500],
  ])('is %s', (_, json, output) => expect(expectedUsage(call(json), usual).output).toBe(output));

  it('is no output of embeddings', () => {
    expect(expectedUsage(call({ input: 'x' }, 'embeddings'), usual).output).toBe(0);
  });

  it('takes a file for a file, and a long text for text', () => {
    const file = call({ messages: [{ content: [{ url: 'data:image/png;base64,'.padEnd(900_000, 'A') }] }] });
    expect(expectedUsage(file, usual).input).toBeLessThan(1_700);
    const text = call({ messages: [{ content: 'some words '.repeat(80_000) }] });
    expect(expectedUsage(text, usual).input).toBeGreaterThan(250_000);
  });

  it('remembers the longest answer, and forgets it slowly', () => {
    const { usual: known, note } = createOutputMemory();
    expect(known('m')).toBe(4_096);
    note('m', 9_000);
    expect(known('m')).toBe(9_000);
    for (let i = 0; i < 1_000; i += 1) note('m', 100);
    expect(known('m')).toBeLessThan(120);
  });
});

describe('what is claimed for a call', () => {
  const holder: Pick<Principal, 'tenant' | 'keyId' | 'limits' | 'budgets' | 'tags'> = {
    tenant: 't',
    keyId: 'k',
    limits: { ...NO_LIMITS, tpm: 100 },
    budgets: [
      { usd: 50, period: 'day', softPercent: null },
      { usd: 20, period: 'day', softPercent: null },
      { usd: 20, period: 'day', softPercent: 9 },
      { usd: 90, period: 'month', softPercent: null },
    ],
    tags: [],
  };
  const policy: LimitPolicy = {
    key: { rpm: 5, tpm: 7, concurrency: null },
    everyone: NO_LIMITS,
    tenants: {},
    models: { gpt: { ...NO_LIMITS, rpm: 3 } },
  };
  const demand = { principal: holder as Principal, id: 'id', tags: [], tokens: 400, hold: 10 };

  it('is the limit of its own before the general one, and no more tokens than a minute has', () => {
    const [{ claim }, ...others] = createClaimPlanner(policy).plan({ ...demand, models: ['other'] });
    expect(others).toEqual([]);
    expect(claim.rates).toMatchObject([
      { subject: 'rpm:key:k', limit: 5, cost: 1 },
      { subject: 'tpm:key:k', limit: 100, cost: 100 },
    ]);
  });

  it('is one budget a period, the smallest', () => {
    const [{ claim }] = createClaimPlanner(policy).plan({ ...demand, models: [] });
    expect(claim.budgets.map(({ period, usd }) => [period, usd])).toEqual([
      ['day', 20],
      ['month', 90],
    ]);
  });

  it('is of one call alone, however often the key asks', () => {
    const day = { usd: 5, period: 'day', softPercent: null } as const;
    const tagBudgets = { 'team=a': [day], 'team=b': [day] };
    const tagged = { ...policy, tenants: { t: { limits: NO_LIMITS, budgets: [], tagBudgets } } };
    const planner = createClaimPlanner(tagged);
    const asked = (tags: string[], tokens: number) => {
      const [{ claim }] = planner.plan({ ...demand, models: [], tags, tokens });
      return [claim.budgets.slice(2).map(({ subject }) => subject), claim.rates[1]?.cost];
    };
    expect(asked(['team=a', 'team=c'], 10)).toEqual([['tag:team=a'], 10]);
    expect(asked(['team=b'], 400)).toEqual([['tag:team=b'], 100]);
    expect(asked([], 20)).toEqual([[], 20]);
  });

  it('is what a changed key or another policy says from then on', () => {
    const changed: Principal = { ...demand.principal, limits: { ...NO_LIMITS, rpm: 1 } };
    const limitsOf = (of: LimitPolicy, who: Principal) =>
      createClaimPlanner(of)
        .plan({ ...demand, principal: who, models: [] })[0]
        .claim.rates.map(({ limit }) => limit);
    expect(limitsOf(policy, demand.principal)).toEqual([5, 100]);
    expect(limitsOf(policy, changed)).toEqual([1, 7]);
    expect(limitsOf({ ...policy, key: NO_LIMITS }, changed)).toEqual([1]);
  });

  it('is nothing more for a tenant whose name every object knows', () => {
    const principal = { ...demand.principal, tenant: 'constructor' };
    const [{ claim }] = createClaimPlanner(policy).plan({ ...demand, principal, models: ['toString'] });
    expect(claim.rates.map(({ subject }) => subject)).toEqual(['rpm:key:k', 'tpm:key:k']);
    const open = { key: NO_LIMITS, everyone: NO_LIMITS, tenants: {}, models: {} };
    const nobody = { ...principal, limits: NO_LIMITS, budgets: [] };
    expect(createClaimPlanner(open).isUnlimited(nobody)).toBe(true);
  });

  it('is apart for what all share', () => {
    const [, all] = createClaimPlanner(policy).plan({ ...demand, models: ['gpt', 'openai/gpt'] });
    expect(all?.claim).toMatchObject({ tenant: '*', hold: 0, rates: [{ subject: 'rpm:model:gpt' }] });
  });
});

const ENTRY: LedgerEntry = {
  id: 'a',
  requestId: 'r',
  tenant: 't',
  keyId: 'k',
  provider: 'p',
  model: 'm',
  tags: [],
  at: 0,
  isAttempt: true,
  usage: null,
  cost: 0,
  saved: 0,
};

describe('a call that is watched', () => {
  const claim = (hold: number): Claim => ({
    tenant: 't',
    id: 'call',
    rates: [],
    slots: [],
    budgets: [{ subject: 'b', period: 'total', usd: 100 }],
    hold,
    leaseMs: 30_000,
    entries: [],
  });

  async function outrun(overrun: 'extend' | 'end', room: number) {
    const clock = createFakeClock();
    const limits = createMemoryLimitStore({ clock });
    await limits.claim(claim(10));
    await limits.claim({ ...claim(100 - 10 - room), id: 'other' });
    let [cost, ended] = [5, 0];
    const custody = createWatch({ clock, limits, overrun })({
      claims: [claim(10)],
      entries: () => [{ ...ENTRY, cost }],
      end: () => {
        ended += 1;
      },
    });
    custody.wake();
    await clock.advance(300);
    cost = 20;
    await clock.advance(1_100);
    await custody.stop();
    const { budgets } = await limits.claim({
      ...claim(0),
      id: 'look',
      budgets: [{ subject: 'b', period: 'total', usd: 1e9 }],
    });
    return { ended, reserved: budgets[0]?.reserved };
  }

  it('reserves more as it costs more', async () => {
    expect(await outrun('end', 30)).toEqual({ ended: 0, reserved: 100 - 30 + 20 });
  });

  it('is ended where the budget has no more', async () => {
    expect(await outrun('end', 5)).toMatchObject({ ended: 1, reserved: 95 });
  });

  it('goes on beyond the budget where that is the setting', async () => {
    expect(await outrun('extend', 5)).toEqual({ ended: 0, reserved: 95 + 20 });
  });

  it('says its last word on all its claims before it stops, though the store fails at each', async () => {
    const clock = createFakeClock();
    const late = Promise.withResolvers<boolean>();
    const note = ({ tenant }: Claim) =>
      tenant === EVERYONE ? late.promise : Promise.reject(new Error('away'));
    const custody = createWatch({ clock, limits: { note }, overrun: 'extend' })({
      claims: [claim(10), { ...claim(0), tenant: EVERYONE, budgets: [] }],
      entries: () => [],
      end: () => {},
    });
    custody.wake();
    await clock.advance(100);
    let hasStopped = false;
    const stopping = custody.stop().then(() => {
      hasStopped = true;
    });
    await clock.advance(100);
    expect(hasStopped).toBe(false);
    late.reject(new Error('away too')); // where nobody hears of it, it ends the process
    await stopping;
  });
});

describe('a budget past its soft limit', () => {
  const meant: Meant = {
    scope: 'key',
    what: 'budget',
    limit: 100,
    name: 'k',
    period: 'day',
    softPercent: 80,
  };
  const money = (nano: number) => String(nano);

  it('is told of once in its period, signed, and again until somebody listens', async () => {
    const clock = createFakeClock();
    const posts: UpstreamRequest[] = [];
    const fetch = createScriptedFetch((request) => {
      posts.push(request);
      return { status: posts.length < 3 ? 503 : 204 };
    });
    const logger = createMemoryLogger();
    const post = createWebhook({ fetch, clock, url: 'https://hook.test', secret: 'shh' });
    const limits = createMemoryLimitStore({ clock });
    const [one, other] = [1, 2].map(() => createAlert({ clock, limits, logger, money, post }));
    expect(one?.('t', [[meant, { spent: 79, reserved: 0 }]])).toBeNull();
    const told = one?.('t', [[meant, { spent: 80, reserved: 0 }]]);
    for (let i = 0; i < 10; i += 1) await clock.advance(2_000);
    await told;
    expect(posts).toHaveLength(3);
    await other?.('t', [[meant, { spent: 90, reserved: 0 }]]);
    expect(one?.('t', [[meant, { spent: 91, reserved: 0 }]])).toBeNull();
    expect(posts, 'another process knows').toHaveLength(3);
    const sent = posts[2];
    if (sent === undefined) throw new Error('nothing was sent');
    const { body, headers } = sent;
    expect(JSON.parse(String(body))).toMatchObject({
      type: 'budget.soft_limit',
      tenant: 't',
      spent_usd: '80',
    });
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-llm-edge-signature'] ?? '') ?? [];
    const key = await crypto.subtle.importKey(
      'raw',
      encoder.encode('shh'),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['verify'],
    );
    const signed = encoder.encode(`${seconds}.${body}`);
    expect(await crypto.subtle.verify('HMAC', key, Buffer.from(hex ?? '', 'hex'), signed)).toBe(true);
  });
});

describe('duration', () => {
  it.each([
    [0, '0ms'],
    [850.2, '851ms'],
    [12_000, '12s'],
    [360_000, '6m0s'],
    [61_001, '1m2s'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
