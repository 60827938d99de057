import type { Outcome } from '../domain/outcome.ts';
import type { Attempt, SameDialectAttempt, TranslatedAttempt } from './attempt.ts';
import type { Given } from './given.ts';
import { type OpaqueReading, opaque } from './opaque.ts';
import { sameDialect } from './same-dialect.ts';
import { translated } from './translated.ts';
import { type ExchangeDeps, Upstream } from './upstream.ts';

/** The call of a provider and what is made of its reply. */
export interface Exchange {
  /** Rejects for defects alone, as the next. */
  sameDialect(attempt: SameDialectAttempt): Promise<Outcome<Given>>;
  translated(attempt: TranslatedAttempt): Promise<Outcome<Given>>;
  /**
   * @param reading what of a JSON answer is of interest; null: nothing.
   * @throws GatewayError when there is no answer to give.
   */
  opaque(attempt: Attempt, reading: OpaqueReading | null): Promise<Given>;
}

export function createExchange(deps: ExchangeDeps): Exchange {
  const upstream = new Upstream(deps);
  return {
    sameDialect: (attempt) => upstream.outcomeOf(attempt, () => sameDialect(upstream, attempt)),
    translated: (attempt) => upstream.outcomeOf(attempt, () => translated(upstream, attempt)),
    opaque: (attempt, reading) => opaque(upstream, attempt, reading),
  };
}
