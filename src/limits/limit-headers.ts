import type { ErrorDialect } from '../domain/dialect.ts';
import type { ClaimDecision } from '../ports/limit-store.ts';
import type { PlannedClaim } from './plan-claims.ts';

interface Level {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** A claim and what was decided. */
export type Decided = readonly [planned: PlannedClaim, decision: ClaimDecision];

/**
 * What is left of the tightest limit of requests and of tokens, in OpenAI's form and for callers of Messages in Anthropic's.
 * https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers , https://docs.anthropic.com/en/api/rate-limits#response-headers
 * @param now milliseconds since the epoch
 */
export function limitHeaders(
  decided: readonly Decided[],
  dialect: ErrorDialect,
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [what, name] of [
    ['rpm', 'requests'],
    ['tpm', 'tokens'],
  ] as const) {
    const level = tightest(decided, what);
    if (level === null) continue;
    headers[`x-ratelimit-limit-${name}`] = String(level.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(level.remaining);
    headers[`x-ratelimit-reset-${name}`] = duration(level.resetMs);
    if (dialect !== 'anthropic') continue;
    headers[`anthropic-ratelimit-${name}-limit`] = String(level.limit);
    headers[`anthropic-ratelimit-${name}-remaining`] = String(level.remaining);
    headers[`anthropic-ratelimit-${name}-reset`] = instant(now + level.resetMs);
  }
  return headers;
}

function tightest(decided: readonly Decided[], what: 'rpm' | 'tpm'): Level | null {
  let found: Level | null = null;
  for (const [{ rates }, decision] of decided) {
    for (const [i, meant] of rates.entries()) {
      const level = decision.rates[i];
      if (meant.what !== what || level === undefined) continue;
      if (found === null || level.remaining < found.remaining) found = { limit: meant.limit, ...level };
    }
  }
  return found;
}

/** `850ms`, `12s`, `6m0s`: Go's duration form, as OpenAI sends it. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** RFC 3339, in whole seconds. */
function instant(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000', '');
}
