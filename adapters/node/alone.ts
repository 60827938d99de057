import { availableParallelism } from 'node:os';
import type { Config } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { clock, createHostStores } from './deps.ts';
import { createExposition } from './metrics/exposition.ts';
import { startMetricsServer } from './metrics/server.ts';
import type { Running } from './running.ts';
import { serve } from './serve.ts';

/** The whole gateway in this process. @throws when an address cannot be had. */
export async function startAlone(config: Config, logger: Logger): Promise<Running> {
  const serving = await serve({ config, logger, stores: createHostStores(), onAnswered: () => {} });
  const expose = createExposition(clock, availableParallelism());
  const metricsUrl = await startMetricsServer(config.server, logger, () => expose(serving.reading()));
  return {
    url: serving.url,
    metricsUrl,
    workers: 1,
    metrics: serving.metrics,
    reload: async (next) => serving.reload(next),
    drain: serving.drain,
  };
}
