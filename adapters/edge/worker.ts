import {
  type App,
  type Config,
  createApp,
  formatFaults,
  type GatewayDeps,
  loadConfig,
} from '../../src/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createMemoryCacheStore } from '../memory/cache-store.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { createMemoryVectorStore } from '../memory/vector-store.ts';
import { VERSION } from '../version.ts';
import { createEdgeFetch } from './fetch.ts';
import { createEdgeMedia } from './media.ts';
import { createUpstashCacheStore } from './upstash/cache-store.ts';
import { createUpstashKeyStore } from './upstash/key-store.ts';
import { createUpstashSecrets } from './upstash/secrets.ts';

/** Bindings of the Worker: variables and secrets are text, everything else is not read here. */
type Env = Readonly<Record<string, unknown>>;

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

/** Built with the first request: a Worker's bindings come with it. One isolate has one environment. */
let app: App | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    try {
      app ??= build(env);
    } catch (error) {
      return refuseToServe(error);
    }
    return app.fetch(request, {
      background: { waitUntil: (work) => context.waitUntil(work.catch(() => {})) },
    });
  },
};

function build(env: Env): App {
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
  const clock = createSystemClock();
  // The platform adds a line end of its own.
  const logger = createConsoleLogger({
    clock,
    level: config.server.logLevel,
    write: (line) => console.log(line),
  });
  const { fetchUrls, timeoutMs } = config.media;
  const deps = createMemoryDeps({
    clock,
    logger,
    fetch: createEdgeFetch(),
    fetchMedia: fetchUrls ? createEdgeMedia({ timeoutMs }) : null,
    cache: createCaches(config, clock, logger),
    ...createKeyStores(config, clock, logger),
    // An isolate has 128 MB for everything.
    firstAnswers: createMemoryCacheStore({ clock, maxBytes: 8 << 20 }),
    vectors: createMemoryVectorStore({ clock, maxBytes: 16 << 20, ...config.cache.semantic }),
  });
  return createApp({ deps, config, lifecycle: { phase: 'ready' }, version: VERSION, runtime: 'edge' });
}

/** Isolates share no memory: without Upstash, a key would be known to the one that made it alone. */
function createKeyStores(
  { redis: { upstash } }: Config,
  clock: Clock,
  logger: Logger,
): Pick<GatewayDeps, 'keys' | 'secrets'> {
  if (upstash === null) return { keys: null, secrets: null };
  const options = { ...upstash, clock, logger };
  return { keys: createUpstashKeyStore(options), secrets: createUpstashSecrets(options) };
}

/** Streams and promises of one request may not be used by another here, so each call is its own. */
function createCaches({ cache, redis }: Config, clock: Clock, logger: Logger): GatewayDeps['cache'] {
  const { l1MaxEntries: maxEntries, l1MaxBytes: maxBytes, enableL2 } = cache;
  const l2 =
    redis.upstash === null || enableL2 === false
      ? null
      : createUpstashCacheStore({ ...redis.upstash, clock, logger });
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
