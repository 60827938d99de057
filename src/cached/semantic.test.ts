import { describe, expect, it } from 'vitest';
import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryDeps } from '../../adapters/memory/deps.ts';
import { createScriptedFetch, type ScriptedReply } from '../../adapters/memory/fetch.ts';
import { createLocalCache } from '../../adapters/memory/local-cache.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryVectorStore } from '../../adapters/memory/vector-store.ts';
import { until, within } from '../../tests/support/wait.ts';
import { createApp } from '../app.ts';
import { formatFaults, loadConfig } from '../config/load.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { UpstreamRequest } from '../ports/fetch.ts';
import type { Settlement } from '../ports/limit-store.ts';
import type { LocalCache } from '../ports/local-cache.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const json = (body: object, status = 200): ScriptedReply => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});
const REPLY = json({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
/** All questions are as near as can be: what keeps them apart is not the vector. */
const VECTOR = json({ data: [{ embedding: [1, 0] }], usage: { prompt_tokens: 7, total_tokens: 7 } });

const QUESTION = 'What is the capital of France?';
const SAME = "What's the capital of France?";

interface Setup {
  readonly env?: Record<string, string>;
  readonly l1?: Partial<LocalCache>;
  readonly l2?: Partial<CacheStore>;
  readonly embed?: (request: UpstreamRequest) => ScriptedReply | Promise<ScriptedReply>;
  readonly answer?: () => ScriptedReply;
}

function start({ env, l1 = {}, l2, embed = () => VECTOR, answer = () => REPLY }: Setup = {}) {
  const loaded = loadConfig({
    env: {
      OPENAI_API_KEY: 'sk-upstream',
      ALLOW_ANONYMOUS: 'true',
      CACHE_SEMANTIC: 'on',
      CACHE_SEMANTIC_MODEL: 'openai/text-embedding-3-small',
      ...env,
    },
    file: undefined,
    listen: null,
  });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  const clock = createFakeClock();
  const vectors = createMemoryVectorStore({ clock });
  const near = createLocalCache({ clock });
  const asked: UpstreamRequest[] = [];
  const embedded: UpstreamRequest[] = [];
  const ledger: LedgerEntry[] = [];
  const { limits, ...deps } = createMemoryDeps({
    clock,
    vectors,
    fetch: createScriptedFetch((request) => {
      const isEmbedding = /embed/i.test(request.url);
      (isEmbedding ? embedded : asked).push(request);
      return isEmbedding ? embed(request) : answer();
    }),
    cache: {
      l1: { ...near, ...l1 },
      l2: l2 === undefined ? null : { ...createMemoryCacheStore({ clock }), ...l2 },
      purges: createMemoryCacheStore({ clock }),
      sharesFlights: true,
    },
  });
  const settle = async ({ entries }: Settlement) =>
    void ledger.push(...entries.filter(({ isAttempt }) => isAttempt));
  const app = createApp({
    deps: { ...deps, limits: { ...limits, settle } },
    config: loaded.config,
    lifecycle: { phase: 'ready' },
    version: 'test',
    runtime: 'test',
  });
  const background = createMemoryBackground({ logger: createMemoryLogger() });
  async function ask(content: string, headers: Readonly<Record<string, string>> = {}) {
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });
    const all = { ...JSON_TYPE, ...headers };
    const request = new Request('http://gateway/v1/chat/completions', { method: 'POST', headers: all, body });
    const reply = await app.fetch(request, { background });
    await reply.text();
    return {
      status: reply.status,
      cache: reply.headers.get('x-llm-edge-cache'),
      similarity: reply.headers.get('x-llm-edge-cache-similarity'),
    };
  }
  return { ask, clock, near, vectors, asked, embedded, ledger, idle: background.idle };
}

const HIT = { status: 200, cache: 'hit-l1', similarity: '1.00' };
const MISS = { status: 200, cache: 'miss', similarity: null };

describe('a question that means what another one meant', () => {
  it('has its answer, and the vector is paid for', async () => {
    const { ask, clock, idle, asked, ledger } = start();
    expect(await ask(QUESTION)).toEqual(MISS);
    await idle();
    expect(await ask(SAME)).toEqual(HIT);
    // What was saved is entered a second later.
    const over = idle();
    await clock.advance(1_000);
    await over;
    expect(asked).toHaveLength(1);
    const vectors = ledger.filter(({ model }) => model === 'text-embedding-3-small');
    expect(vectors).toMatchObject([
      { tenant: 'anonymous', provider: 'openai', usage: { input: 7 }, cost: 140 },
      { tenant: 'anonymous', provider: 'openai', usage: { input: 7 }, cost: 140 },
    ]);
    expect(new Set(ledger.map(({ id }) => id)).size).toBe(ledger.length);
  });

  it('costs one vector, however many ask it at once', async () => {
    const held = Promise.withResolvers<ScriptedReply>();
    const { ask, embedded, asked } = start({ embed: () => held.promise });
    const answers = Array.from({ length: 50 }, () => ask(QUESTION));
    await until('the vector is asked for', () => embedded.length > 0);
    held.resolve(VECTOR);
    const outcomes = (await within('all are answered', Promise.all(answers))).map(({ cache }) => cache);
    expect(outcomes.filter((cache) => cache === 'miss')).toHaveLength(1);
    expect([embedded.length, asked.length]).toEqual([1, 1]);
  });

  it('is not answered with what is old', async () => {
    const { ask, idle, clock } = start({ env: { L1_TTL_SECONDS: '10' } });
    await ask(QUESTION);
    await idle();
    await clock.advance(11_000);
    expect(await ask(SAME)).toEqual(MISS);
  });

  it.each<[string, Setup, Record<string, string>]>([
    ['is not to be stored', {}, { 'cache-control': 'no-store' }],
    ['is an error', { answer: () => json({ error: { message: 'no' } }, 400) }, {}],
    ['is asked anew', {}, { 'cache-control': 'no-cache' }],
  ])('leaves no vector behind when its answer %s', async (_, setup, headers) => {
    const { ask, idle, vectors } = start(setup);
    await ask(QUESTION, headers);
    await idle();
    expect(vectors.size()).toEqual({ entries: 0, bytes: 0 });
  });

  it('waits no longer for the answer that was found than for the vector', async () => {
    let isGone = false;
    let hangs = 0;
    const never = () => {
      hangs += 1;
      return new Promise<never>(() => {});
    };
    const far = createMemoryCacheStore({ clock: createFakeClock() });
    let held: string | null = null;
    const { ask, idle, clock, near } = start({
      l1: { get: (tenant, key) => (isGone ? null : near.get(tenant, key)) },
      l2: {
        get: (tenant, key) => (isGone && key === held ? never() : far.get(tenant, key)),
        async set(_, key) {
          held ??= key;
        },
      },
    });
    await ask(QUESTION);
    await idle();
    isGone = true;
    const answer = ask(SAME);
    await until('the answer is looked for', () => hangs === 1);
    await clock.advance(151);
    await clock.advance(2);
    expect(await within('the answer', answer)).toEqual(MISS);
  });
});

describe('the embedding model', () => {
  it("is asked with the gateway's own key, in OpenAI's dialect", async () => {
    const { ask, embedded } = start();
    await ask(QUESTION, { authorization: 'Bearer sk-of-the-client', 'openai-beta': 'b' });
    expect(embedded).toMatchObject([
      {
        method: 'POST',
        url: 'https://api.openai.com/v1/embeddings',
        headers: { authorization: 'Bearer sk-upstream', 'content-type': 'application/json' },
      },
    ]);
    expect(JSON.stringify(embedded[0]?.headers)).not.toMatch(/client|openai-beta/);
  });

  it("may speak Gemini's own", async () => {
    const { ask, embedded, ledger, idle } = start({
      env: { GOOGLE_API_KEY: 'k-google', CACHE_SEMANTIC_MODEL: 'google/gemini-embedding-001' },
      embed: () => json({ embeddings: [{ values: [1, 0] }] }),
    });
    await ask(QUESTION);
    await idle();
    expect(await ask(SAME)).toEqual(HIT);
    expect(embedded[0]).toMatchObject({
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents',
      headers: { 'x-goog-api-key': 'k-google', 'content-type': 'application/json' },
    });
    expect(String(embedded[0]?.body)).toContain(QUESTION);
    expect(ledger.find(({ provider }) => provider === 'google')?.usage).toMatchObject({ estimated: true });
  });

  it.each<[string, ScriptedReply, boolean]>([
    ['refuses', json({}, 400), false],
    ['fails', json({}, 503), false],
    ['gives no vector', json({ data: [{ embedding: 'AAAA' }] }), true],
    ['gives no JSON', { headers: JSON_TYPE, body: 'x' }, true],
  ])('%s: the call goes on, and what was done is charged', async (_, reply, isCharged) => {
    const { ask, ledger, idle } = start({ embed: () => reply });
    expect(await ask(QUESTION)).toEqual(MISS);
    await idle();
    expect(ledger.some(({ model }) => model === 'text-embedding-3-small')).toBe(isCharged);
  });

  it('is given up on after its time, which may cost', async () => {
    const { ask, clock, embedded, ledger, idle } = start({ embed: () => new Promise(() => {}) });
    const answer = ask(QUESTION);
    await until('it is asked', () => embedded.length === 1);
    await clock.advance(149);
    expect(embedded[0]?.signal.aborted).toBe(false);
    await clock.advance(20);
    expect(await within('the answer', answer)).toEqual(MISS);
    expect(embedded[0]?.signal.aborted).toBe(true);
    await idle();
    expect(ledger.find(({ model }) => model === 'text-embedding-3-small')?.usage?.estimated).toBe(true);
  });
});

describe('a gateway whose embedding model cannot be asked', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'nobody has it',
      { CACHE_SEMANTIC_MODEL: 'nobody/m', GROQ_API_KEY: 'gsk-upstream' },
      /No provider is configured/,
    ],
    [
      'its provider has no embeddings',
      { CACHE_SEMANTIC_MODEL: 'anthropic/claude', ANTHROPIC_API_KEY: 'sk-ant-upstream' },
      /has no embeddings endpoint/,
    ],
    [
      'only clients have a key for it',
      { AUTH_MODE: 'passthrough', OPENAI_API_KEY: '' },
      /needs an API key of the gateway's own/,
    ],
  ])('does not start: %s', (_, env, why) => {
    expect(() => start({ env })).toThrow(why);
    expect(() => start({ env })).toThrow(/^CACHE_SEMANTIC_MODEL: /);
  });
});
