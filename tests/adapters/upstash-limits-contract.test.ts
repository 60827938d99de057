import { afterAll, beforeAll } from 'vitest';
import { createUpstashLedger } from '../../adapters/edge/upstash/ledger.ts';
import { createUpstashLimitStore } from '../../adapters/edge/upstash/limit-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { limitContracts, type MakeLimits } from '../contract/limit-contracts.ts';
import { fromText, type LimitsProbeTask, toText } from '../contract/limits-probe.ts';
import { type ProbeWorker, startProbeWorker } from '../support/probe-worker.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from '../support/upstash-server.ts';

describeWithRedis("limits over Upstash's REST API", () => {
  const started: { redis?: RedisCluster; server?: UpstashServer; worker?: ProbeWorker } = {};

  beforeAll(async () => {
    const [redis, worker] = await Promise.all([
      startRedisCluster({ nodes: 1 }),
      startProbeWorker('contract/limits-probe.ts'),
    ]);
    const [node] = redis.nodes;
    if (node === undefined) throw new Error('no Redis');
    Object.assign(started, { redis, worker, server: await startUpstashServer(node) });
  }, 90_000);
  afterAll(async () => {
    await started.server?.close();
    await Promise.all([started.worker?.stop(), started.redis?.stop()]);
  });

  /** The suites are about what is decided; a machine that is busy must not make them about time. */
  function settings() {
    const { server } = started;
    if (server === undefined) throw new Error('not started');
    return { url: server.url, token: server.token, deadlineMs: 20_000 };
  }

  const onNode: MakeLimits = (now) => {
    const options = { ...settings(), clock: createSystemClock(), logger: createMemoryLogger() };
    return { limits: createUpstashLimitStore({ ...options, now }), ledger: createUpstashLedger(options) };
  };

  const inWorkerd: MakeLimits = (now) => {
    const ask =
      <R>(method: LimitsProbeTask['method']) =>
      async (...args: readonly unknown[]): Promise<R> => {
        const task: LimitsProbeTask = { ...settings(), now: now(), method, args };
        const response = await fetch(started.worker?.url ?? '', { method: 'POST', body: toText(task) });
        const { result, error } = fromText(await response.text()) as { result: R; error?: string };
        if (error !== undefined) throw new Error(error);
        return result;
      };
    return {
      limits: {
        take: ask('take'),
        claim: ask('claim'),
        note: ask('note'),
        settle: ask('settle'),
        overdue: ask('overdue'),
      },
      ledger: { rows: ask('rows'), tenants: ask('tenants') },
    };
  };

  limitContracts("Upstash, the global fetch, on Node's", onNode);
  limitContracts('Upstash, in workerd', inWorkerd);
});
