import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Config } from '../../../src/index.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createMemoryMetrics } from '../../memory/metrics.ts';
import { clock, createHostStores } from '../deps.ts';
import { listen } from '../listen.ts';
import { createExposition } from '../metrics/exposition.ts';
import { NOTHING_HELD, takeReading } from '../metrics/process.ts';
import { startMetricsServer } from '../metrics/server.ts';
import { Totals } from '../metrics/totals.ts';
import type { Running } from '../running.ts';
import { Supervisor } from './supervisor.ts';
import { forkWorker } from './worker-process.ts';

/** What a worker may take for its drain beyond the time that its calls have. */
const GRACE_MS = 5_000;

/**
 * The gateway in `count` worker processes that share one port. This process accepts the connections and deals them out in
 * turn, holds what must be the same for all, and serves none itself.
 * @throws Error in a sentence when an address cannot be had.
 */
export async function startCluster(config: Config, count: number, logger: Logger): Promise<Running> {
  let chosen = await withPort(config);
  const stores = createHostStores();
  const totals = new Totals();
  const supervisor = new Supervisor({
    count,
    clock,
    logger,
    fork: () =>
      forkWorker({ config: chosen, stores, onReport: (pid, reading) => totals.update(pid, reading) }),
    onEnded: (pid) => totals.end(pid),
  });

  const ownMetrics = createMemoryMetrics();
  const expose = createExposition(clock, availableParallelism());
  const scrape = async () => {
    const ask = supervisor.workers.map(async ({ pid, reading }) => totals.update(pid, await reading()));
    // A worker that does not answer in time is stuck: what it said last stands.
    await Promise.allSettled(ask);
    totals.update(process.pid, takeReading(ownMetrics, NOTHING_HELD));
    return expose(totals.sum());
  };

  const metricsUrl = await startMetricsServer(config.server, logger, scrape);
  const url = await supervisor.start();

  /** What one worker refuses they all refuse. Workers that start later begin with what was taken on. */
  const reload = async (next: Config) => {
    const config = { ...next, server: { ...next.server, port: chosen.server.port } };
    const reasons = await Promise.all(supervisor.workers.map((worker) => worker.reload(config)));
    const reason = reasons.find((one) => one !== null);
    if (reason !== undefined && reason !== null) throw new Error(reason);
    chosen = config;
  };

  return {
    url,
    metricsUrl,
    workers: count,
    metrics: ownMetrics,
    reload,
    drain: (lingerMs) => supervisor.drain(lingerMs, config.server.drainTimeoutMs + GRACE_MS),
  };
}

/** Port 0 becomes a free one, since all workers, also those that come later, must listen on the same. */
async function withPort(config: Config): Promise<Config> {
  const { host, port } = config.server;
  if (port !== 0) return config;
  const probe = createServer();
  const url = await listen(probe, { host, port, setting: 'PORT' });
  await new Promise((resolve) => probe.close(resolve));
  return { ...config, server: { ...config.server, port: Number(new URL(url).port) } };
}
