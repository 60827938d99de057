import type { Answer } from '../domain/answer.ts';
import type { Attempt, SameDialectAttempt, TranslatedAttempt } from './attempt.ts';
import { opaque } from './opaque.ts';
import { sameDialect } from './same-dialect.ts';
import { translated } from './translated.ts';
import { type ExchangeDeps, Upstream } from './upstream.ts';

/** The call of a provider and the answer made of its reply. Each @throws GatewayError when there is no answer to give. */
export interface Exchange {
  sameDialect(attempt: SameDialectAttempt): Promise<Answer>;
  translated(attempt: TranslatedAttempt): Promise<Answer>;
  /** @param onObject told the id of an object that the provider made; null: none is expected. */
  opaque(attempt: Attempt, onObject: ((id: string) => Promise<void>) | null): Promise<Answer>;
}

export function createExchange(deps: ExchangeDeps): Exchange {
  const upstream = new Upstream(deps);
  return {
    sameDialect: (attempt) => sameDialect(upstream, attempt),
    translated: (attempt) => translated(upstream, attempt),
    opaque: (attempt, onObject) => opaque(upstream, attempt, onObject),
  };
}
