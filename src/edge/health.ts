import type { Answer } from '../domain/answer.ts';
import type { Provider } from '../domain/provider.ts';

/** Where the process stands; the adapter moves it on. */
export interface Lifecycle {
  readonly phase: 'starting' | 'ready' | 'draining';
}

export interface HealthDeps {
  readonly lifecycle: Lifecycle;
  readonly providers: readonly Provider[];
  readonly version: string;
  readonly runtime: string;
}

/** The process answers. Nothing else is asked, or an outage elsewhere would restart healthy pods. */
export function live(): Answer {
  return json(200, { status: 'ok' });
}

/** Whether traffic should come here. */
export function ready(deps: HealthDeps): Answer {
  const reason = notReady(deps);
  return reason === null ? json(200, { status: 'ready' }) : json(503, { status: 'not ready', reason });
}

/** A summary for people, without secrets: no address, no key. */
export function health(deps: HealthDeps): Answer {
  const reason = notReady(deps);
  return json(reason === null ? 200 : 503, {
    status: reason === null ? 'ok' : 'down',
    ...(reason === null ? {} : { reason }),
    version: deps.version,
    runtime: deps.runtime,
    providers: deps.providers.map(({ id }) => id),
  });
}

function notReady({ lifecycle, providers }: HealthDeps): string | null {
  if (lifecycle.phase !== 'ready') return lifecycle.phase;
  return providers.length === 0
    ? 'no provider is configured: set a provider API key, e.g. OPENAI_API_KEY'
    : null;
}

function json(status: number, body: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
