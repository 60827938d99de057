import { type App, type AppOptions, createApp, type RequestEnv } from './app.ts';
import type { Config } from './config/config.ts';
import { createState } from './state.ts';

/** The app, whose configuration can be exchanged while it serves. */
export interface ReloadableApp {
  fetch(request: Request, env: RequestEnv): Response | Promise<Response>;
  /**
   * From now on requests are answered by the new configuration; those under way end as they began.
   * @throws Error in a sentence when no gateway can be made of it: the one before goes on.
   */
  reload(config: Config): void;
  /** Asks targets that are spared whether they are well. Never rejects. */
  probe(): Promise<void>;
}

export function createReloadableApp(options: Omit<AppOptions, 'state'>): ReloadableApp {
  const state = createState(options.deps);
  let app: App = createApp({ ...options, state });
  return {
    fetch: (request, env) => app.fetch(request, env),
    probe: () => app.probe(),
    reload(config) {
      app = createApp({ ...options, config, state });
    },
  };
}
