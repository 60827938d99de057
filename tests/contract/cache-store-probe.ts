import { createUpstashCacheStore } from '../../adapters/edge/upstash/cache-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { StoreFault } from '../../src/ports/store-fault.ts';

/** Which store, and what it is to do. Bytes come and go as base64. */
export interface CacheProbeTask {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs: number;
  readonly method: keyof CacheStore;
  readonly tenant: string;
  readonly key: string;
  readonly value?: string;
  /** As text, since JSON has no NaN. */
  readonly ttlMs?: string;
}

export interface CacheProbeResult {
  readonly result?: string | boolean | null | undefined;
  readonly fault?: { readonly kind: string; readonly message: string };
}

/** They live as long as the isolate, as in the gateway. */
const stores = new Map<string, CacheStore>();

function storeOf({ url, token, deadlineMs }: CacheProbeTask): CacheStore {
  const name = JSON.stringify([url, token, deadlineMs]);
  let store = stores.get(name);
  if (store === undefined) {
    store = createUpstashCacheStore({
      url,
      token,
      deadlineMs,
      clock: createSystemClock(),
      logger: createMemoryLogger(),
    });
    stores.set(name, store);
  }
  return store;
}

/** A Worker that keeps entries through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const task = (await request.json()) as CacheProbeTask;
    try {
      return Response.json({ result: await run(storeOf(task), task) } satisfies CacheProbeResult);
    } catch (error) {
      const { kind, message } =
        error instanceof StoreFault ? error : { kind: 'no fault', message: `${error}` };
      return Response.json({ fault: { kind, message } } satisfies CacheProbeResult);
    }
  },
};

async function run(store: CacheStore, { method, tenant, key, value, ttlMs }: CacheProbeTask) {
  switch (method) {
    case 'get':
      return encode(await store.get(tenant, key));
    case 'set':
      return void (await store.set(tenant, key, decode(value ?? ''), Number(ttlMs)));
    case 'delete':
      return void (await store.delete(tenant, key));
    case 'acquire':
      return store.acquire(tenant, key, Number(ttlMs));
    case 'release':
      return void (await store.release(tenant, key));
  }
}

function encode(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  let binary = '';
  for (let at = 0; at < bytes.byteLength; at += 10_000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 10_000));
  return btoa(binary);
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}
