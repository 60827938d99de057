import { createPriceRefresh } from '../../src/account/price-refresh.ts';
import {
  type Config,
  createReloadableApp,
  formatFaults,
  type GatewayDeps,
  loadConfig,
  type ReloadableApp,
  type StartConfig,
} from '../../src/index.ts';
import { createSweep, type Sweep } from '../../src/limits/sweep.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CacheStores } from '../../src/ports/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { createLocalLimits } from '../local-limits.ts';
import { createMemoryCacheStore } from '../memory/cache-store.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { createMemoryLedger } from '../memory/ledger.ts';
import { createMemoryLimitStore } from '../memory/limit-store.ts';
import { createLocalCache, type MemoryLocalCache } from '../memory/local-cache.ts';
import { createMemoryMetrics } from '../memory/metrics.ts';
import { createMemoryVectorStore } from '../memory/vector-store.ts';
import { createTakeOn } from '../take-on.ts';
import { VERSION } from '../version.ts';
import { configSource, readConfigText } from './config-text.ts';
import { createEdgeFetch } from './fetch.ts';
import { createEdgeMedia } from './media.ts';
import { createWorkerPush } from './metrics/worker-push.ts';
import { createRefresh, type Refresh } from './refresh.ts';
import { createEdgeTraces } from './traces.ts';
import { createUpstashCacheStore } from './upstash/cache-store.ts';
import { createUpstashHealthStore } from './upstash/health-store.ts';
import { createUpstashKeyStore } from './upstash/key-store.ts';
import { createUpstashLedger } from './upstash/ledger.ts';
import { createUpstashLimitStore } from './upstash/limit-store.ts';
import { createUpstashSecrets } from './upstash/secrets.ts';
import { timeOperations } from './upstash/timed.ts';
import { createUpstashVectorStore } from './upstash/vector-store.ts';

/** Bindings of the Worker: variables and secrets are text, everything else is not read here. */
type Env = Readonly<Record<string, unknown>>;

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

interface Serving {
  readonly app: ReloadableApp;
  /** What is looked after behind a request, when it is time: a configuration that is not part of the deployment, and prices. */
  readonly refreshes: readonly Refresh[];
  readonly sweep: Sweep;
  /** Sends what was counted and traced. Never rejects. */
  readonly pushAll: () => Promise<void>;
}

/** Built with the first request: a Worker's bindings come with it. One isolate has one environment. */
let serving: Serving | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const hold = (work: Promise<unknown>) => context.waitUntil(work.catch(() => {}));
    let ready: Serving;
    try {
      ready = await serve(env);
    } catch (error) {
      return refuseToServe(error);
    }
    const { app, pushAll } = ready;
    for (const refresh of ready.refreshes) {
      const refreshing = refresh();
      if (refreshing !== null) hold(refreshing);
    }
    return app.fetch(request, {
      background: { waitUntil: (work) => hold(work.finally(pushAll)) },
    });
  },
  /** By a cron trigger: calls whose isolate died are settled, also of tenants that do not call any more. */
  async scheduled(_: unknown, env: Env): Promise<void> {
    await (await serve(env)).sweep.all();
  },
};

/** Each of the first requests reads by itself: what one began, another may not wait for. @throws Error */
async function serve(env: Env): Promise<Serving> {
  if (serving !== null) return serving;
  const source = configSource(env);
  const text = await readConfigText(source);
  serving ??= build(env, text, source.kind === 'kv' ? () => readConfigText(source) : null);
  return serving;
}

/** @param reread null: the text does not change. */
function build(env: Env, text: string | null, reread: (() => Promise<string | null>) | null): Serving {
  const texts = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const load = (fileText: string | null) =>
    loadConfig({
      env: texts,
      file: fileText === null ? undefined : { name: 'LLM_EDGE_CONFIG', text: fileText },
      listen: null,
    });
  const loaded = load(text);
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  const { config } = loaded;
  const atStart: StartConfig = config;
  const { redis } = atStart;
  let inForce = config;
  const clock = createSystemClock();
  // The platform adds a line end of its own.
  const logger = createConsoleLogger({
    clock,
    level: atStart.server.logLevel,
    write: (line) => console.log(line),
  });
  const { fetchUrls, timeoutMs } = atStart.media;
  const metrics = createMemoryMetrics();
  const caches = createCaches(atStart, clock, logger, metrics);
  const traces = createEdgeTraces(atStart, { logger, metrics });
  const deps = createMemoryDeps({
    clock,
    logger,
    metrics,
    ...(traces === null ? {} : { telemetry: traces }),
    fetch: createEdgeFetch(),
    fetchMedia: fetchUrls ? createEdgeMedia({ timeoutMs }) : null,
    ...createKeyStores(atStart, clock, logger),
    cache: caches,
    ...createLimits(atStart, clock, logger, () => inForce.limits.onStoreFailure === 'open'),
    health:
      redis.upstash === null
        ? null
        : { store: createUpstashHealthStore({ ...redis.upstash, clock, logger }), watches: false },
    firstAnswers: createMemoryCacheStore({ clock, maxBytes: 8 << 20 }),
    vectors:
      redis.upstashVector === null
        ? // An isolate has 128 MB for everything.
          createMemoryVectorStore({ clock, maxBytes: 16 << 20, maxEntries: atStart.cache.semanticMaxEntries })
        : createUpstashVectorStore({ ...redis.upstashVector, clock, logger }),
  });
  const app = createReloadableApp({
    deps,
    config,
    lifecycle: { phase: 'ready' },
    version: VERSION,
    runtime: 'edge',
  });
  const apply = async (next: Config) => {
    app.reload(next);
    inForce = next;
  };
  const takeOn = createTakeOn({ ...deps, config, apply });
  const refreshConfig =
    text === null || reread === null ? [] : [createRefresh({ ...deps, text, read: reread, load, takeOn })];
  const refreshPrices = createPriceRefresh({ ...deps, settings: () => inForce.priceRefresh });
  const pushMetrics = createWorkerPush(atStart, {
    metrics,
    clock,
    logger,
    cacheSize: () => caches.l1.size(),
  });
  const flushTraces = traces === null ? async () => {} : traces.flush;
  const pushAll = async () => void (await Promise.all([flushTraces(), pushMetrics()]));
  return { app, refreshes: [...refreshConfig, refreshPrices], sweep: createSweep(deps), pushAll };
}

interface Caches extends CacheStores {
  readonly l1: MemoryLocalCache;
}

/** Isolates share no memory: without Upstash, a key would be known to the one that made it alone. */
function createKeyStores(
  { redis: { upstash } }: StartConfig,
  clock: Clock,
  logger: Logger,
): Pick<GatewayDeps, 'keys' | 'secrets'> {
  if (upstash === null) return { keys: null, secrets: null };
  const options = { ...upstash, clock, logger };
  return { keys: createUpstashKeyStore(options), secrets: createUpstashSecrets(options) };
}

/** Streams and promises of one request may not be used by another here, so each call is its own. */
function createCaches({ cache, redis }: StartConfig, clock: Clock, logger: Logger, metrics: Metrics): Caches {
  const { l1MaxEntries: maxEntries, l1MaxBytes: maxBytes, enableL2 } = cache;
  const l2 =
    redis.upstash === null || enableL2 === false
      ? null
      : timeOperations(createUpstashCacheStore({ ...redis.upstash, clock, logger }), clock, metrics);
  const l1 = createLocalCache({ clock, maxEntries, maxBytes });
  return { l1, l2, purges: l2 ?? createMemoryCacheStore({ clock }), sharesFlights: false };
}

/** Without Upstash, each isolate holds limits by itself. */
function createLimits(
  { redis }: StartConfig,
  clock: Clock,
  logger: Logger,
  mayBeAlone: () => boolean,
): Pick<GatewayDeps, 'limits' | 'ledger'> {
  const ownLedger = createMemoryLedger();
  const own = createMemoryLimitStore({ clock, ledger: ownLedger });
  if (redis.upstash === null) return { limits: own, ledger: ownLedger };
  const options = { ...redis.upstash, clock, logger };
  const shared = createUpstashLimitStore(options);
  return {
    limits: createLocalLimits({ shared, own, logger, mayBeAlone }),
    ledger: createUpstashLedger(options),
  };
}

/** The faults name settings, never their values; whoever deploys has to see them, callers only that it is down. */
function refuseToServe(error: unknown): Response {
  console.error(error instanceof Error ? error.message : String(error));
  const message = 'The gateway is not configured correctly: its log says what to mend.';
  const body = JSON.stringify({
    error: { message, type: 'service_unavailable', param: null, code: 'misconfigured' },
  });
  return new Response(body, { status: 503, headers: { 'content-type': 'application/json' } });
}
