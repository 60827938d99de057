import { type Config, createApp } from '../../src/index.ts';
import { createMemoryBackground } from '../memory/background.ts';
import { createNodeDeps, createNodeLogger } from './deps.ts';
import { drain } from './drain.ts';
import { createUndiciFetch } from './fetch.ts';
import { type RunningServer, startServer } from './server.ts';
import { VERSION } from '../version.ts';

export interface Serving {
  readonly url: string;
  /** Readiness falls, callers are sent away, calls under way finish. Resolves when the process may end. */
  drain(lingerMs: number): Promise<void>;
}

/** One process that serves the gateway. @throws when the address cannot be had. */
export async function serve(config: Config): Promise<Serving> {
  const { host, port, drainTimeoutMs } = config.server;
  const logger = createNodeLogger(config.server.logLevel);
  const upstream = createUndiciFetch({ connectTimeoutMs: config.timeouts.connectMs });
  const deps = createNodeDeps(logger, upstream.fetch);
  const background = createMemoryBackground({ logger });
  const lifecycle: { phase: 'starting' | 'ready' | 'draining' } = { phase: 'starting' };
  const app = createApp({ deps, config, lifecycle, version: VERSION, runtime: 'node' });
  const server: RunningServer = await startServer({ app, background, host, port });
  lifecycle.phase = 'ready';
  return {
    url: server.url,
    async drain(lingerMs) {
      lifecycle.phase = 'draining';
      const { clock } = deps;
      const broken = await drain({ server, clock, backgroundIdle: background.idle, lingerMs, timeoutMs: drainTimeoutMs });
      if (broken > 0) logger.log('warn', 'drain timed out', { requests_broken: broken, drain_timeout_ms: drainTimeoutMs });
      await upstream.close();
    },
  };
}
