import { METRICS } from '../account/instruments.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { BreakerState } from '../resilience/breaker.ts';

/** The worst first. */
const STATES: readonly BreakerState[] = ['open', 'half_open', 'closed'];

/** Of a provider's targets the worst breaker shows, since it is what somebody may have to look at. */
export function showBreakers(
  metrics: Pick<Metrics, 'set'>,
  provider: string,
  ofTargets: readonly BreakerState[],
): void {
  const worst = STATES.find((state) => ofTargets.includes(state)) ?? 'closed';
  for (const state of STATES) metrics.set(METRICS.breakerState, state === worst ? 1 : 0, [provider, state]);
}

export function showHealth(metrics: Pick<Metrics, 'set'>, provider: string, isWell: boolean): void {
  metrics.set(METRICS.providerHealth, isWell ? 1 : 0, [provider]);
}
