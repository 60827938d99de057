import { METRICS } from '../../src/account/instruments.ts';
import { type App, type Config, createApp, formatFaults, loadConfig } from '../../src/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CacheStores } from '../../src/ports/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { createMemoryCacheStore, type MemoryCacheStore } from '../memory/cache-store.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { createMemoryMetrics } from '../memory/metrics.ts';
import { createMemoryVectorStore } from '../memory/vector-store.ts';
import { VERSION } from '../version.ts';
import { createEdgeFetch } from './fetch.ts';
import { createEdgeMedia } from './media.ts';
import { createMetricsPush, type MetricsPushOptions, type PushMetrics } from './metrics/push.ts';
import { createUpstashCacheStore } from './upstash/cache-store.ts';
import { createUpstashHealthStore } from './upstash/health-store.ts';
import { timeOperations } from './upstash/timed.ts';

/** Bindings of the Worker: variables and secrets are text, everything else is not read here. */
type Env = Readonly<Record<string, unknown>>;

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

interface Built {
  readonly app: App;
  readonly pushMetrics: PushMetrics;
}

/** Built with the first request: a Worker's bindings come with it. One isolate has one environment. */
let built: Built | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    try {
      built ??= build(env);
    } catch (error) {
      return refuseToServe(error);
    }
    const { app, pushMetrics } = built;
    return app.fetch(request, {
      background: { waitUntil: (work) => context.waitUntil(work.catch(() => {}).then(pushMetrics)) },
    });
  },
};

function build(env: Env): Built {
  const texts = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const text = texts.LLM_EDGE_CONFIG;
  const loaded = loadConfig({
    env: texts,
    file: text === undefined ? undefined : { name: 'LLM_EDGE_CONFIG', text },
    listen: null,
  });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  const { config } = loaded;
  const { redis } = config;
  const clock = createSystemClock();
  // The platform adds a line end of its own.
  const logger = createConsoleLogger({
    clock,
    level: config.server.logLevel,
    write: (line) => console.log(line),
  });
  const { fetchUrls, timeoutMs } = config.media;
  const metrics = createMemoryMetrics();
  const caches = createCaches(config, clock, logger, metrics);
  const deps = createMemoryDeps({
    clock,
    logger,
    metrics,
    fetch: createEdgeFetch(),
    fetchMedia: fetchUrls ? createEdgeMedia({ timeoutMs }) : null,
    cache: caches,
    health:
      redis.upstash === null
        ? null
        : { store: createUpstashHealthStore({ ...redis.upstash, clock, logger }), watches: false },
    // An isolate has 128 MB for everything.
    vectors: createMemoryVectorStore({ clock, maxBytes: 16 << 20, ...config.cache.semantic }),
  });
  return {
    app: createApp({ deps, config, lifecycle: { phase: 'ready' }, version: VERSION, runtime: 'edge' }),
    pushMetrics: createPush(config, { metrics, caches, clock, logger }),
  };
}

function createPush(
  { server, telemetry }: Config,
  { caches, ...deps }: Pick<MetricsPushOptions, 'metrics' | 'clock' | 'logger'> & { caches: Caches },
): PushMetrics {
  const endpoint = telemetry.otlpEndpoint;
  if (endpoint === null || !server.enableMetrics) return async () => {};
  deps.metrics.set(METRICS.buildInfo, 1, [VERSION, 'edge']);
  return createMetricsPush({
    ...deps,
    endpoint,
    resource: {
      'service.name': 'llm-edge-agent',
      'service.version': VERSION,
      'service.instance.id': crypto.randomUUID(),
    },
    read() {
      const { entries, bytes } = caches.l1.size();
      deps.metrics.set(METRICS.cacheEntries, entries, ['l1']);
      deps.metrics.set(METRICS.cacheBytes, bytes, ['l1']);
    },
  });
}

interface Caches extends CacheStores {
  readonly l1: MemoryCacheStore;
}

/** Streams and promises of one request may not be used by another here, so each call is its own. */
function createCaches({ cache, redis }: Config, clock: Clock, logger: Logger, metrics: Metrics): Caches {
  const { l1MaxEntries: maxEntries, l1MaxBytes: maxBytes, enableL2 } = cache;
  const l2 =
    redis.upstash === null || enableL2 === false
      ? null
      : timeOperations(createUpstashCacheStore({ ...redis.upstash, clock, logger }), clock, metrics);
  const l1 = createMemoryCacheStore({ clock, maxEntries, maxBytes });
  return { l1, l2, purges: l2 ?? createMemoryCacheStore({ clock }), sharesFlights: false };
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
