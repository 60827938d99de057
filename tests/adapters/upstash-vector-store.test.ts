import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpstashVectorStore } from '../../adapters/edge/upstash/vector-store.ts';
import { createFakeClock, createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { Near, VectorStore } from '../../src/ports/vector-store.ts';
import { vectorStoreContract } from '../contract/vector-store.ts';
import type { VectorProbeTask } from '../contract/vector-store-probe.ts';
import { type ProbeWorker, startProbeWorker } from '../support/probe-worker.ts';
import { startUpstashVectorServer, type UpstashVectorServer } from '../support/upstash-vector-server.ts';
import { within } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const logger = createMemoryLogger();

vectorStoreContract("Upstash Vector, over Node's fetch", async () => {
  const server = await startUpstashVectorServer();
  const clock = createFakeClock();
  // The suite is about what comes back; a machine that is busy must not make it about time.
  const store = createUpstashVectorStore({ ...server, clock, logger, deadlineMs: 10_000 });
  return { store, advance: clock.advance, close: server.close };
});

describe('in workerd', () => {
  let workerd: ProbeWorker;
  beforeAll(async () => {
    workerd = await startProbeWorker('contract/vector-store-probe.ts');
  });
  afterAll(() => workerd?.stop());

  const advance = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const gaps = { exactTime: 'it is the time of workerd' };
  const remote = ({ url, token }: UpstashVectorServer): VectorStore => {
    const ask = (task: Omit<VectorProbeTask, 'url' | 'token'>) => workerd.ask({ url, token, ...task });
    return {
      search: async (tenant, scope, { vector, threshold, count }) =>
        (await ask({ tenant, scope, vector: [...vector], search: { threshold, count } })) as Near[],
      async add(tenant, scope, { key, vector, facts }, ttlMs) {
        await ask({ tenant, scope, vector: [...vector], add: { key, facts, ttlMs: `${ttlMs}` } });
      },
    };
  };
  vectorStoreContract(
    'Upstash Vector',
    async () => {
      const server = await startUpstashVectorServer();
      return { store: remote(server), advance, close: server.close };
    },
    gaps,
  );
});

describe('Upstash Vector', () => {
  const query = { vector: Float32Array.of(1, 0), threshold: 0.9, count: 4 };

  async function withServer(
    body: (server: UpstashVectorServer, store: VectorStore) => Promise<void>,
    random?: () => number,
  ) {
    const server = await startUpstashVectorServer();
    const clock = createSystemClock();
    const made = { ...server, clock, logger, deadlineMs: 150, ...(random === undefined ? {} : { random }) };
    try {
      await body(server, createUpstashVectorStore(made));
    } finally {
      await server.close();
    }
  }

  it('that hangs is waited for no longer than the deadline, and left alone after a while', () =>
    withServer(async (server, store) => {
      server.behave('hangs');
      for (let i = 0; i < 5; i++) {
        const fault = within('it is given up', store.search('t', 's', query), 2_000);
        await expect(fault).rejects.toMatchObject({ name: 'StoreFault', kind: 'timeout' });
      }
      const requests = server.requests();
      await expect(store.search('t', 's', query)).rejects.toMatchObject({ kind: 'unavailable' });
      expect(server.requests()).toBe(requests);
    }));

  it('that refuses says so, without what it was sent', () =>
    withServer(async (server, store) => {
      server.behave('overloaded');
      const fault = await store.search('t', 'secret-scope', query).catch((error: unknown) => error);
      expect(fault).toMatchObject({ kind: 'refused', message: 'Upstash Vector: status 429' });
    }));

  it('is swept of what has ended by one in many who add something', () =>
    withServer(
      async (server, store) => {
        const add = (key: string, ttlMs: number) =>
          store.add('t', 's', { key, vector: query.vector, facts: '' }, ttlMs);
        await add('ends', 1);
        await add('stays', HOUR_MS);
        await add('one more', HOUR_MS);
        expect(server.size()).toBe(2);
      },
      () => 0,
    ));
});
