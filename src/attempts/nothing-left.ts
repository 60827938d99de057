import type { RouteTarget } from '../domain/plan.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Assess, Hindrance } from './standing.ts';

const WHY: Readonly<Record<Hindrance, string>> = {
  drained: 'are taken out of use by the operator',
  key_dead: 'refuse their credentials',
  limited: 'limit the rate',
  open: 'failed lately',
  recovering: 'are coming back',
  full: 'are busy',
};

/** What the client is told when no target could even be tried. */
export function nothingLeft(targets: readonly RouteTarget[], assess: Assess): GatewayError {
  const standings = targets.map(assess);
  const reasons = new Set(standings.flatMap(({ is }) => (is === 'ready' ? [] : [is])));
  // The operator has to mend that: it is of no use to wait.
  if (reasons.size === 1 && reasons.has('key_dead')) {
    return new GatewayError(
      'upstream_auth_failed',
      "The providers refused all of the gateway's credentials: the operator has to check them.",
    );
  }
  const waits = standings.map((standing) => (standing.is === 'ready' ? 0 : standing.forMs));
  const retryAfter = String(Math.max(1, Math.ceil(Math.min(...waits) / 1_000)));
  const why = [...reasons].map((reason) => WHY[reason]).join(', or ');
  return new GatewayError(
    'no_provider',
    `No provider can take the call now${why === '' ? '' : `: they ${why}`}. Try again in ${retryAfter} s.`,
    { retryAfter },
  );
}
