import { createUpstashVectorStore } from '../../adapters/edge/upstash/vector-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { Near } from '../../src/ports/vector-store.ts';

/** What a store is to do. */
export interface VectorProbeTask {
  readonly url: string;
  readonly token: string;
  readonly tenant: string;
  readonly scope: string;
  readonly vector: readonly number[];
  readonly search?: { readonly threshold: number; readonly count: number };
  /** `ttlMs` as text, since JSON has no NaN. */
  readonly add?: { readonly key: string; readonly facts: string; readonly ttlMs: string };
}

/** A Worker that keeps vectors through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { url, token, tenant, scope, vector, search, add } = (await request.json()) as VectorProbeTask;
    const clock = createSystemClock();
    const store = createUpstashVectorStore({
      url,
      token,
      clock,
      logger: createMemoryLogger(),
      deadlineMs: 10_000,
    });
    const numbers = Float32Array.from(vector);
    let found: readonly Near[] = [];
    if (search !== undefined) found = await store.search(tenant, scope, { vector: numbers, ...search });
    if (add !== undefined) {
      const { key, facts, ttlMs } = add;
      await store.add(tenant, scope, { key, vector: numbers, facts }, Number(ttlMs));
    }
    return Response.json(found);
  },
};
