import { HealthBook } from './attempts/health-book.ts';
import type { Fetch } from './ports/fetch.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createSandbox } from './provider/sandbox/index.ts';

/**
 * What a gateway knows beside its configuration and what the runtime keeps for it. It is made once: when a new
 * configuration comes, the gateway of the new one goes on with it.
 */
export interface GatewayState {
  /** The provider inside the gateway, which keeps the responses that it made. */
  readonly sandbox: Fetch;
  /** How targets and keys of providers do. */
  readonly health: HealthBook;
}

export function createState({ clock, metrics, health }: GatewayDeps): GatewayState {
  return {
    sandbox: createSandbox({ clock }),
    health: new HealthBook({ clock, metrics, sharing: health, keysOf: ({ apiKeys }) => apiKeys }),
  };
}
