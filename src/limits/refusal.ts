import { GatewayError } from '../errors/gateway-error.ts';
import type { ClaimDecision } from '../ports/limit-store.ts';
import { type Money, nameOfBudget } from './budget-name.ts';
import type { Meant, PlannedClaim } from './plan-claims.ts';

/** The limit that refused a call. Null: it was granted. */
export function refusedBy(planned: PlannedClaim, { refusal }: ClaimDecision): Meant | null {
  if (refusal === null) return null;
  const list = { rate: planned.rates, slot: planned.slots, budget: planned.budgets }[refusal.kind];
  return list[refusal.index] ?? null;
}

/** The metric label: a closed set. */
export function labelOf({ scope, what }: Meant): string {
  return scope === 'key' ? what : `${scope}_${what}`;
}

/** What the client is told. `headers`: what is left. */
export function refusalError(
  meant: Meant,
  retryAfterMs: number,
  headers: Readonly<Record<string, string>>,
  money: Money,
): GatewayError {
  if (meant.what === 'budget') {
    const when = meant.period === 'total' ? 'until its operator raises it' : 'until the next period begins';
    return new GatewayError(
      'budget_exceeded',
      `The ${nameOfBudget(meant, money)} is spent, or reserved by calls under way: no call that may cost more is taken ${when}.`,
      { headers },
    );
  }
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new GatewayError('rate_limited', `${sentence(meant)}: try again in ${seconds} s.`, {
    retryAfter: String(seconds),
    headers,
  });
}

function sentence({ scope, name, what, limit }: Meant): string {
  const who =
    scope === 'key'
      ? 'This key'
      : scope === 'model'
        ? `The model ${name}`
        : scope === 'tenant'
          ? 'All keys of this tenant'
          : 'All keys together';
  if (what === 'rpm') return `${who} may make ${limit} requests a minute`;
  if (what === 'tpm') return `${who} may use ${limit} tokens a minute`;
  return `${who} may have ${limit} calls under way`;
}
