import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryDeps } from '../../adapters/memory/deps.ts';
import { createScriptedFetch, type FetchScript } from '../../adapters/memory/fetch.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createLocalCache } from '../../adapters/memory/local-cache.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { until, within } from '../../tests/support/wait.ts';
import { createApp } from '../app.ts';
import { formatFaults, loadConfig } from '../config/load.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { CacheStore } from '../ports/cache-store.ts';

const REPLY = {
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
  }),
};

interface Options {
  readonly l2?: Partial<CacheStore>;
  readonly script?: FetchScript;
  /** Text of a configuration file. */
  readonly file?: string;
}

function start({ l2, script = () => REPLY, file }: Options) {
  const loaded = loadConfig({
    env: { OPENAI_API_KEY: 'sk-upstream', ALLOW_ANONYMOUS: 'true' },
    file: file === undefined ? undefined : { name: 'gateway.yaml', text: file },
    listen: null,
  });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  const clock = createFakeClock();
  const ledger: LedgerEntry[] = [];
  let calls = 0;
  const deps = createMemoryDeps({
    clock,
    // One that waits for no thread.
    sha256: (text) => hash('sha256', text, 'hex'),
    fetch: createScriptedFetch((request) => {
      calls += 1;
      return script(request);
    }),
    limits: {
      ...createMemoryLimitStore({ clock }),
      settle: async ({ entries }) => void ledger.push(...entries.filter(({ isAttempt }) => isAttempt)),
    },
    cache: {
      l1: createLocalCache({ clock }),
      l2: l2 === undefined ? null : { ...createMemoryCacheStore({ clock }), ...l2 },
      purges: createMemoryCacheStore({ clock }),
      sharesFlights: true,
    },
  });
  const app = createApp({
    deps,
    config: loaded.config,
    lifecycle: { phase: 'ready' },
    version: 'test',
    runtime: 'test',
  });
  const background = createMemoryBackground({ logger: createMemoryLogger() });
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] });
  async function ask(headers: Readonly<Record<string, string>> = {}) {
    const all = { 'content-type': 'application/json', ...headers };
    const request = new Request('http://gateway/v1/chat/completions', { method: 'POST', headers: all, body });
    const answer = await app.fetch(request, { background });
    return {
      status: answer.status,
      cache: answer.headers.get('x-llm-edge-cache'),
      cost: answer.headers.get('x-llm-edge-cost-usd'),
      text: await answer.text(),
    };
  }
  return { ask, clock, ledger, calls: () => calls };
}

it('finds the answer of a call that ended while it was looked for', async () => {
  const slow = Promise.withResolvers<null>();
  let lookups = 0;
  const { ask, calls } = start({
    l2: {
      // The first to look gets its "no" when all is over.
      get: () => {
        lookups += 1;
        return lookups === 1 ? slow.promise : Promise.resolve(null);
      },
    },
  });
  const first = ask();
  await until('it is looked up', () => lookups === 1);
  expect(await ask()).toMatchObject({ cache: 'miss' });
  slow.resolve(null);
  expect(await within('the first is answered', first)).toMatchObject({ cache: 'hit-l1', text: REPLY.body });
  expect(calls()).toBe(1);
});

it('is for a key as the key says', async () => {
  const key = (name: string) => `0123456789abcdef-${name}`;
  const modes = { all: 'miss', deterministic: 'bypass', off: 'bypass', unsaid: 'bypass' };
  const line = (mode: string) =>
    `  - {name: ${mode}, key: ${key(mode)}${mode === 'unsaid' ? '' : `, cache_mode: ${mode}`}}`;
  const keys = Object.keys(modes).map(line).join('\n');
  const { ask } = start({ file: `cache: {cache_mode: off}\nkeys:\n${keys}` });
  for (const [mode, cache] of Object.entries(modes)) {
    expect([mode, await ask({ authorization: `Bearer ${key(mode)}` })]).toMatchObject([mode, { cache }]);
  }
});

it('knows a call again only where all around its body is the same', async () => {
  const keys = ['one', 'two'].map((name) => `  - {name: ${name}, key: 0123456789abcdef-${name}}`).join('\n');
  const { ask, calls } = start({ file: `keys:\n${keys}` });
  const one = { authorization: 'Bearer 0123456789abcdef-one' };
  expect([(await ask(one)).cache, (await ask(one)).cache, (await ask(one)).cache]).toEqual([
    'miss',
    'hit-l1',
    'hit-l1',
  ]);
  for (const other of [
    { authorization: 'Bearer 0123456789abcdef-two' },
    { ...one, 'x-llm-edge-cache-namespace': 'n' },
    { ...one, 'openai-beta': 'b' },
  ]) {
    expect(await ask(other)).toMatchObject({ cache: 'miss' });
  }
  expect(await ask({ ...one, 'cache-control': 'no-cache' })).toMatchObject({ cache: 'miss' });
  expect(calls()).toBe(5);
});

it('asks a store that fails for nothing more', async () => {
  let leases = 0;
  const { ask } = start({
    l2: {
      get: () => Promise.reject(new Error('down')),
      acquire: async () => {
        leases += 1;
        return true;
      },
    },
  });
  expect(await ask()).toMatchObject({ status: 200, cache: 'miss' });
  expect(leases).toBe(0);
});

describe('an old answer in the place of none', () => {
  const never = () => new Promise<never>(() => {});

  /** Has an answer that is old, and a provider that does not answer any more. */
  async function startStale() {
    let isSilent = false;
    const started = start({ script: () => (isSilent ? never() : REPLY) });
    await started.ask({ 'x-llm-edge-cache-ttl': '1' });
    await started.clock.advance(2_000);
    isSilent = true;
    started.ledger.length = 0;
    return started;
  }

  it('is given when all time is over, and what the provider was asked for is paid', async () => {
    const { ask, clock, ledger, calls } = await startStale();
    const answer = ask();
    await until('the provider is called', () => calls() === 2);
    await clock.advance(650_000);
    expect(await answer).toMatchObject({ status: 200, cache: 'stale', text: REPLY.body });
    expect(ledger).toHaveLength(1);
    expect(ledger[0]?.cost).toBeGreaterThan(0);
  });

  it('is given in time, and what the provider was asked for is paid', async () => {
    const { ask, clock, ledger, calls } = await startStale();
    const answer = ask({ 'x-llm-edge-timeout-ms': '500' });
    await until('the provider is called', () => calls() === 2);
    await clock.advance(600);
    expect(await answer).toMatchObject({ status: 200, cache: 'stale', text: REPLY.body });
    await clock.advance(0);
    expect(ledger).toHaveLength(1);
    expect(ledger[0]?.cost).toBeGreaterThan(0);
  });

  it('is given to one who has little time while others wait on', async () => {
    const { ask, clock, ledger, calls } = await startStale();
    const brief = ask({ 'x-llm-edge-timeout-ms': '500' });
    await until('the provider is called', () => calls() === 2);
    const patient = ask({ 'x-llm-edge-timeout-ms': '5000' });
    await clock.advance(0);
    await clock.advance(600);
    expect(await brief).toMatchObject({ cache: 'stale' });
    // The call goes on, so nothing is known of its cost.
    expect(ledger).toEqual([]);
    await clock.advance(5_000);
    expect(await patient).toMatchObject({ cache: 'stale', cost: '0' });
    await clock.advance(0);
    expect(ledger).toHaveLength(1);
    expect(calls()).toBe(2);
  });
});
