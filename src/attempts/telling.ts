import type { FailureClass } from '../domain/outcome.ts';
import type { Failed } from './call.ts';

/**
 * What tells the client most, first: what it can mend itself, then what it can wait for, then what is wrong with the
 * providers, and last what only the operator can mend.
 */
const ORDER: readonly FailureClass[] = [
  'cancelled',
  'caller',
  'context_too_long',
  'content_filter',
  'rate_limited',
  'timeout',
  'provider_error',
  'invalid',
  'network',
  'key_dead',
];

/** Of several failures of a class the first, whose target was the best; of limits the one that ends soonest. */
export function mostTelling<T>(failures: readonly Failed<T>[]): Failed<T> | null {
  let best: Failed<T> | null = null;
  for (const failed of failures) if (best === null || tellsMore(failed, best)) best = failed;
  return best;
}

function tellsMore({ failure: one }: Failed<unknown>, { failure: other }: Failed<unknown>): boolean {
  if (one.class !== other.class) return ORDER.indexOf(one.class) < ORDER.indexOf(other.class);
  return (
    one.class === 'rate_limited' &&
    (one.retryAfterMs ?? Number.POSITIVE_INFINITY) < (other.retryAfterMs ?? Number.POSITIVE_INFINITY)
  );
}
