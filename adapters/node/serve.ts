import { createPriceRefresh } from '../../src/account/price-refresh.ts';
import { type Config, createReloadableApp, type Lifecycle, type StartConfig } from '../../src/index.ts';
import { createSweep, sweepRegularly } from '../../src/limits/sweep.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { createMemoryBackground } from '../memory/background.ts';
import { createLocalCache } from '../memory/local-cache.ts';
import { createMemoryMetrics } from '../memory/metrics.ts';
import { VERSION } from '../version.ts';
import { clock, createNodeDeps, type HostStores } from './deps.ts';
import { drain } from './drain.ts';
import { createUndiciFetch } from './fetch.ts';
import { createLedgerRedis } from './ledger-redis.ts';
import { type Reading, takeReading } from './metrics/process.ts';
import { repeat } from './repeat.ts';
import { startServer } from './server.ts';
import { createSharedCache } from './shared-cache.ts';
import { createSharedKeys } from './shared-keys.ts';
import { createSharedLimits } from './shared-limits.ts';
import { createTraces } from './traces.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly stores: HostStores;
  /** After each answer: the reading has changed. */
  readonly onAnswered: () => void;
}

export interface Serving {
  readonly url: string;
  /** What this process has counted so far. */
  reading(): Reading;
  /** What this process counts. */
  readonly metrics: Metrics;
  /** New calls are answered by it, those under way end as they began. @throws Error: it is refused, the old one stays. */
  reload(config: Config): void;
  /** Readiness falls, callers are sent away, calls under way finish. Resolves when the process may end. */
  drain(lingerMs: number): Promise<void>;
}

/** How often it is looked whether newer prices are due. */
const PRICES_LOOK_SECONDS = 10;

/** The gateway in this process. @throws when the address cannot be had. */
export async function serve({ config, logger, stores, onAnswered }: ServeOptions): Promise<Serving> {
  const atStart: StartConfig = config;
  const { host, port, drainTimeoutMs } = atStart.server;
  const upstream = createUndiciFetch({ connectTimeoutMs: atStart.timeouts.connectMs });
  const metrics = createMemoryMetrics();
  let inForce = config;
  const mayBeAlone = () => inForce.limits.onStoreFailure === 'open';
  const sharedCache = createSharedCache(atStart, logger, metrics);
  const { l1MaxEntries: maxEntries, l1MaxBytes: maxBytes } = atStart.cache;
  const l1 = createLocalCache({ clock, maxEntries, maxBytes });
  const { owners, purges, firstAnswers } = stores;
  const ledgerRedis = createLedgerRedis(atStart, logger, metrics);
  const { keys, secrets } = createSharedKeys(ledgerRedis, stores, logger);
  const { limits, ledger } = createSharedLimits(ledgerRedis, stores, logger, mayBeAlone);
  const traces = createTraces(atStart, { logger, metrics });
  const health = { store: sharedCache.health ?? stores.health, watches: true };
  const l2 = sharedCache.store;
  const cache = { l1, l2, purges: l2 ?? purges, sharesFlights: true };
  const deps = createNodeDeps(atStart, {
    logger,
    metrics,
    fetch: upstream.fetch,
    limits,
    ledger,
    owners,
    health,
    cache,
    keys,
    secrets,
    firstAnswers,
    telemetry: traces.telemetry,
    ...(sharedCache.vectors === null ? {} : { vectors: sharedCache.vectors }),
  });
  const background = createMemoryBackground({ logger });
  const lifecycle: { phase: Lifecycle['phase'] } = { phase: 'starting' };
  const app = createReloadableApp({ deps, config, lifecycle, version: VERSION, runtime: 'node' });
  const stopSweeping = sweepRegularly(createSweep({ limits, ledger, logger }), clock);
  const stopProbing = repeat(app.probe, () => inForce.server.probeSeconds, clock);
  const refreshPrices = createPriceRefresh({ ...deps, settings: () => inForce.priceRefresh });
  const refreshDue = async () => refreshPrices() ?? undefined;
  void refreshDue();
  const stopRefreshing = repeat(refreshDue, () => PRICES_LOOK_SECONDS, clock);
  const server = await startServer({ app, background, host, port, onAnswered });
  lifecycle.phase = 'ready';
  return {
    url: server.url,
    metrics,
    reload(next) {
      app.reload(next);
      inForce = next;
    },
    reading: () =>
      takeReading(metrics, {
        connections: server.connections(),
        l1: l1.size(),
        redisUp: sharedCache.isUp(),
      }),
    async drain(lingerMs) {
      lifecycle.phase = 'draining';
      const timeoutMs = drainTimeoutMs;
      const broken = await drain({ server, backgroundIdle: background.idle, lingerMs, timeoutMs });
      if (broken > 0) logger.log('warn', 'drain timed out', { requests_broken: broken, after_ms: timeoutMs });
      stopSweeping();
      stopProbing();
      stopRefreshing();
      await Promise.all([upstream.close(), sharedCache.close(), traces.close()]);
      ledgerRedis?.close();
    },
  };
}
