import type { Config } from '../../../src/index.ts';
import { createNodeLogger } from '../deps.ts';
import { endWorkerWhenTold } from '../endings.ts';
import { createReporter } from '../metrics/reporter.ts';
import { type Serving, serve } from '../serve.ts';
import { createSharedHealthStore } from '../shared/health-store.ts';
import { createSharedLedger, createSharedLimitStore } from '../shared/limit-store.ts';
import { Link } from '../shared/link.ts';
import { createSharedOwnerStore } from '../shared/owner-store.ts';
import { createSharedPurges } from '../shared/purges.ts';
import { DEADLINE_MS, type PrimaryApi, START_DEADLINE_MS, type WorkerApi } from './api.ts';

/**
 * A worker process: the gateway, with the configuration and the stores of the primary. When the primary dies, so does
 * the worker (`node:cluster` sees to it), since the port and the stores are gone.
 */
export async function runWorker(): Promise<void> {
  const link: Link<PrimaryApi> = new Link(process, {
    reading: async () => (await worker).reading(),
    reload: async (config: Config) => (await worker).reload(config),
    drain: async (lingerMs: number) => (await worker).drain(lingerMs),
  });
  const worker = start(link);
  await worker;
}

async function start(link: Link<PrimaryApi>): Promise<WorkerApi> {
  const config = await link.call('configuration', [], START_DEADLINE_MS);
  const logger = createNodeLogger(config.server.logLevel);
  const stores = {
    limits: createSharedLimitStore(link),
    ledger: createSharedLedger(link),
    owners: createSharedOwnerStore(link),
    health: createSharedHealthStore(link),
    purges: createSharedPurges(link),
  };
  const report = async () => {
    await link.call('report', [serving.reading()], DEADLINE_MS).catch(() => {});
  };
  const onAnswered = config.server.enableMetrics ? createReporter(report) : () => {};

  const serving: Serving = await serve({ config, logger, stores, onAnswered }).catch(async (error: Error) => {
    await link.call('failed', [error.message], DEADLINE_MS);
    process.exit(1);
  });

  const end = endWorkerWhenTold({
    logger,
    async drain(lingerMs) {
      const told = link.call('leaving', [], DEADLINE_MS).catch(() => {});
      await serving.drain(lingerMs);
      await told;
      await report();
    },
  });
  await link.call('listening', [serving.url], START_DEADLINE_MS);
  return {
    reading: async () => serving.reading(),
    reload: async (next) => refusalOf(() => serving.reload(next)),
    drain: async (lingerMs) => void end(lingerMs, 0),
  };
}

function refusalOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
