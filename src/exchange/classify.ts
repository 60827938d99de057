import type { Failure, FailureClass } from '../domain/outcome.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import { UpstreamFault } from '../ports/fetch.ts';
import { CONTEXT_LENGTH, saysTooLong } from '../translate/hub/context-length.ts';
import type { ProviderError } from '../translate/hub/reply.ts';

/** What an error of the gateway's own says of the provider that it was made for. */
export function classOfError(error: GatewayError): FailureClass {
  switch (error.code) {
    case 'client_closed':
      return 'cancelled';
    case 'upstream_timeout':
      return 'timeout';
    case 'upstream_auth_failed':
      return 'key_dead';
    // What was said, not who said it: a 403 all the same.
    case 'permission_denied':
      return 'content_filter';
    case 'rate_limited':
      return 'rate_limited';
    case 'upstream_invalid':
      return 'invalid';
    case 'upstream_failed':
      return error.cause instanceof UpstreamFault ? classOfFault(error.cause) : 'provider_error';
    default:
      return 'caller';
  }
}

function classOfFault({ kind }: UpstreamFault): FailureClass {
  return kind === 'encoding' || kind === 'too_large' || kind === 'protocol' ? 'invalid' : 'network';
}

export interface RefusalContext {
  /** The client brought its own credential: what is wrong with it is for the client to mend. */
  readonly clientCredential: boolean;
  /** The operator named the model, so one that is not there is no mistake of the caller's. */
  readonly configured: boolean;
}

/** What a provider's own words say. */
export function classOfRefusal(error: ProviderError, context: RefusalContext): FailureClass {
  const { status } = error;
  if (isFilter(error)) return 'content_filter';
  if (QUOTA.has(error.code ?? '') || QUOTA.has(error.type) || CREDENTIAL.has(status))
    return context.clientCredential ? 'caller' : 'key_dead';
  if (status === 429) return 'rate_limited';
  if (status >= 500 || status === 408 || status === 409) return 'provider_error';
  if (error.code === CONTEXT_LENGTH || saysTooLong(error.message)) return 'context_too_long';
  return status === 404 && context.configured ? 'invalid' : 'caller';
}

const CREDENTIAL = new Set([401, 402, 403]);

/** The account is empty: to wait for a minute would not help. */
const QUOTA: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
]);

const FILTERS: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'ResponsibleAIPolicyViolation',
]);

/** OpenAI and Azure have codes for it, Anthropic words, xAI words and a 403. */
export function isFilter({ code, type, message }: ProviderError): boolean {
  return FILTERS.has(code ?? '') || FILTERS.has(type) || FILTERED.test(message);
}

const FILTERED =
  /content (?:filtering policy|management policy|violates usage guidelines)|blocked by content filter|input was flagged/i;

/** No provider is left alone for longer on its own word. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds of a `retry-after`, in seconds or as a date (RFC 9110 section 10.2.3), capped; null: it says nothing.
 * @param now milliseconds since the epoch
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** @throws the error, when it is asked what the client gets. */
export function failureOf(error: GatewayError, failureClass: FailureClass, now: number): Failure<never> {
  return {
    class: failureClass,
    retryAfterMs: retryAfterMs(error.retryAfter, now),
    give() {
      throw error;
    },
  };
}
