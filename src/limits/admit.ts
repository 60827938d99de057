import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { LimitStore, RateDecision } from '../ports/limit-store.ts';

declare const admitted: unique symbol;

/** Proof that a call may go on, and what it says of its limits in the answer's headers. */
export interface Admission {
  readonly [admitted]: true;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AdmitDeps {
  readonly limits: LimitStore;
  /** Requests per minute of every key that has no limit of its own; null: none. */
  readonly defaultRpm: number | null;
  readonly onLimited: (limit: string) => void;
}

export type Admit = (principal: Principal) => Promise<Admission>;

const MINUTE_MS = 60_000;
const UNLIMITED = { headers: {} } as Admission;

/**
 * Takes one request from the principal's rate. A store that fails lets the call pass: a limit is worth less than an outage.
 * @throws GatewayError `rate_limited` with `retry-after`.
 */
export function createAdmit(deps: AdmitDeps): Admit {
  return async function admit(principal) {
    const limit = principal.limits.rpm ?? deps.defaultRpm;
    if (limit === null) return UNLIMITED;
    const rule = { tenant: principal.tenant, subject: `rpm:${principal.keyId}`, limit, periodMs: MINUTE_MS };
    const decision = await deps.limits.take(rule, 1).catch(() => null);
    if (decision === null) return UNLIMITED;
    const headers = rateHeaders(limit, decision);
    if (decision.allowed) return { headers } as Admission;
    deps.onLimited('rpm');
    const seconds = Math.max(1, Math.ceil(decision.retryAfterMs / 1000));
    throw new GatewayError(
      'rate_limited',
      `This key may make ${limit} requests a minute: try again in ${seconds} s.`,
      { retryAfter: String(seconds), headers },
    );
  };
}

/** OpenAI's form: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
function rateHeaders(limit: number, decision: RateDecision): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(decision.remaining),
    'x-ratelimit-reset-requests': duration(decision.resetMs),
  };
}

/** `850ms`, `12s`, `6m0s`: Go's duration form, as OpenAI sends it. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
