import type { Clock } from './ports/clock.ts';
import type { Fetch } from './ports/fetch.ts';
import { createSandbox } from './provider/sandbox/index.ts';
import { createIdleTargets, type TargetControl } from './route/target-stats.ts';

/**
 * What a gateway knows beside its configuration and what the runtime keeps for it. It is made once: when a new
 * configuration comes, the gateway of the new one goes on with it.
 */
export interface GatewayState {
  /** The provider inside the gateway, which keeps the responses that it made. */
  readonly sandbox: Fetch;
  /** How targets do. */
  readonly targets: TargetControl;
}

export function createState({ clock }: { readonly clock: Clock }): GatewayState {
  return { sandbox: createSandbox({ clock }), targets: createIdleTargets() };
}
