import { createTargets, type Targets } from './attempts/targets.ts';
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
  /** How targets do. */
  readonly targets: Targets;
}

export function createState({
  clock,
  metrics,
  health,
}: Pick<GatewayDeps, 'clock' | 'metrics' | 'health'>): GatewayState {
  return { sandbox: createSandbox({ clock }), targets: createTargets({ clock, metrics, sharing: health }) };
}
