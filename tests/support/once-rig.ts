import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { CallLife } from '../../src/call-life.ts';
import type { Answer } from '../../src/domain/answer.ts';
import type { Call } from '../../src/domain/call.ts';
import type { Principal } from '../../src/domain/principal.ts';
import { GatewayError } from '../../src/errors/gateway-error.ts';
import { createOnce } from '../../src/idempotency/once.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { StoreFault } from '../../src/ports/store-fault.ts';

const TOTAL_MS = 600_000;
/** Under what the rig's one key is kept. */
export const NAME = 'idempotency.hash of k';
export const DAY_MS = 24 * 3600 * 1000;
const encoder = new TextEncoder();

const reply = (text: string) =>
  JSON.stringify({ choices: [{ message: { content: text }, finish_reason: 'stop' }] });
export const answerOf = (text: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-llm-edge-cost-usd': '0.5' },
  body: reply(text),
});

export function streamOf(chunks: readonly string[]): Answer {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

export const EVENTS = [
  'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n',
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: [DONE]\n\n',
];

/** What a method of the store does instead of its work; undefined: its work. */
export type Broken = { [M in keyof CacheStore]?: (call: number) => Promise<never> | undefined };

export const down = () => Promise.reject(new StoreFault('timeout', 'no answer'));
export const refused = () => Promise.reject(new StoreFault('refused', 'OOM'));
/** Fails in the calls of these numbers, from 1. */
export const downIn =
  (...calls: number[]) =>
  (call: number) =>
    calls.includes(call) ? down() : undefined;

export function setup(broken: Broken = {}) {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const background = createMemoryBackground({ logger });
  const memory = createMemoryCacheStore({ clock, maxBytes: 64 << 20 });
  const count = { get: 0, set: 0, delete: 0, acquire: 0, release: 0 };
  /** Its work is done before it is told, as by a store whose answer comes too late. */
  const through = async <T>(method: keyof CacheStore, work: () => Promise<T>): Promise<T> => {
    const fault = broken[method]?.(++count[method]);
    if (fault !== undefined) await fault;
    return work();
  };
  const store: CacheStore = {
    get: (tenant, key) => through('get', () => memory.get(tenant, key)),
    set: (tenant, key, value, ttlMs) => through('set', () => memory.set(tenant, key, value, ttlMs)),
    delete: (tenant, key) => through('delete', () => memory.delete(tenant, key)),
    acquire: (tenant, key, ttlMs) => through('acquire', () => memory.acquire(tenant, key, ttlMs)),
    release: (tenant, key) => through('release', () => memory.release(tenant, key)),
  };
  const errors = { count: 0 };
  const once = createOnce({
    store,
    clock,
    sha256: async (text) => `hash of ${text}`,
    totalMs: TOTAL_MS,
    onError: () => void errors.count++,
  });
  let made = 0;

  /** A call with the key `k`. @returns what comes of it, and what its client does */
  function ask(
    make: (life: CallLife) => Answer | Promise<Answer>,
    { tenant = 't', text = '{}', stream = false }: { tenant?: string; text?: string; stream?: boolean } = {},
  ) {
    const client = new AbortController();
    const incoming = {
      requestId: 'r',
      endpoint: 'chat',
      errorDialect: 'openai',
      method: 'POST',
      path: '/v1/chat/completions',
      query: '',
      headers: new Headers({ 'idempotency-key': 'k' }),
      signal: client.signal,
      readBody: async () => new Uint8Array(),
      startedAt: clock.monotonic(),
    } as const;
    const settle = { attempt: () => {}, request: () => {} };
    const deps = { clock, logger, settle, startTrace: () => null, totalMs: TOTAL_MS };
    const life = new CallLife(deps, incoming, 'id', background);
    const body = { bytes: encoder.encode(text), text, json: {} };
    const call: Call = { endpoint: 'chat', dialect: 'openai-chat', model: 'm', stream, body };
    const principal: Pick<Principal, 'tenant'> = { tenant };
    const answer = once(principal as Principal, { life, call, headers: {} }, async () => {
      made += 1;
      return make(life);
    });
    return { ...watch(answer), leave: () => client.abort() };
  }

  /** What a call is answered, when all that it left behind is over. */
  async function answered(...args: Parameters<typeof ask>): Promise<string> {
    const { seen } = ask(...args);
    await clock.advance(5_000);
    return said(seen);
  }

  return { ask, answered, clock, store, memory, errors, count, made: () => made };
}

interface Seen {
  value?: Answer;
  fault?: unknown;
}

function watch(promise: Promise<Answer>): { readonly seen: Seen } {
  const seen: Seen = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (fault) => {
      seen.fault = fault;
    },
  );
  return { seen };
}

export async function said({ value, fault }: Seen): Promise<string> {
  if (fault !== undefined) return fault instanceof GatewayError ? fault.code : String(fault);
  if (value === undefined) return 'nothing yet';
  const text = await new Response(value.body as BodyInit).text();
  const how = value.headers['x-llm-edge-idempotent-replay'] === 'true' ? 'again: ' : '';
  return `${how}${text.includes('[DONE]') ? 'stream' : (/"content":"(\w*)/.exec(text)?.[1] ?? text)}`;
}

/** A call that ends when it is told to, or when its client leaves. */
export function held() {
  const end = Promise.withResolvers<Answer>();
  const make = (life: CallLife) => {
    life.scope.signal.addEventListener('abort', () => end.reject(life.scope.signal.reason));
    return end.promise;
  };
  return { make, ...end };
}

export const fails = () => Promise.reject(new GatewayError('upstream_failed', 'The provider failed.'));
