import { type App, createApp, formatFaults, loadConfig } from '../../src/index.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { VERSION } from '../version.ts';
import { createEdgeFetch } from './fetch.ts';
import { createEdgeMedia } from './media.ts';

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
  });
  return createApp({ deps, config, lifecycle: { phase: 'ready' }, version: VERSION, runtime: 'edge' });
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
