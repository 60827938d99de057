import type { ShowBudget } from './account/budget-gauge.ts';
import { entriesOf } from './account/entries.ts';
import type { Pricer } from './account/price.ts';
import type { CallLife } from './call-life.ts';
import type { Call } from './domain/call.ts';
import type { Custody } from './domain/claim.ts';
import type { Principal } from './domain/principal.ts';
import type { Target } from './domain/provider.ts';
import { readTags } from './edge/tags.ts';
import { GatewayError } from './errors/gateway-error.ts';
import type { Admit } from './limits/admit.ts';
import type { AlertBudgets } from './limits/alert.ts';
import type { Sweep } from './limits/sweep.ts';
import type { Watch } from './limits/watch.ts';
import type { Clock } from './ports/clock.ts';

export interface AdmissionDeps {
  readonly clock: Clock;
  readonly price: Pricer;
  readonly admit: Admit;
  readonly watch: Watch;
  readonly sweep: Pick<Sweep, 'tenant'>;
  readonly alert: AlertBudgets;
  readonly showBudget: ShowBudget;
}

/** What the answer's headers say of limits and budgets. */
export type LimitHeaders = Readonly<Record<string, string>>;

/**
 * Admits a call, and keeps what it holds until its life is over.
 * @param call null: it is not known what it costs
 * @throws GatewayError
 */
export type AdmitCall = (
  life: CallLife,
  principal: Principal,
  call: Call | null,
  targets: readonly Target[],
) => Promise<LimitHeaders>;

export function createAdmitCall(deps: AdmissionDeps): AdmitCall {
  const { clock, price, admit, watch, sweep, alert, showBudget } = deps;
  return async function admitCall(life, principal, call, targets) {
    const { record } = life;
    const { headers, errorDialect } = record.incoming;
    const tags = allTags(principal.tags, readTags(headers.get('x-llm-edge-tags')));
    record.tags = tags;
    const admission = await admit({
      principal,
      id: record.id,
      dialect: errorDialect,
      call,
      targets,
      tags,
      hold: (work) => life.hold(work),
      timed: (work) => life.timed('limits claim', work),
    });
    record.custody = watch({
      claims: admission.claims,
      entries: () => entriesOf(record, clock.now(), price),
      end: () => life.scope.end(outran()),
    });
    if (admission.overdue) life.hold(sweep.tenant(principal.tenant));
    for (const [{ scope, limit }, { spent }] of admission.budgets)
      showBudget(principal.tenant, scope, spent / limit);
    const alerting = alert(principal.tenant, admission.budgets);
    if (alerting !== null) life.hold(alerting);
    return admission.headers;
  };
}

function allTags(own: readonly string[], sent: readonly string[]): readonly string[] {
  return sent.length === 0 ? own : [...new Set([...own, ...sent])];
}

/** The custody of a call that is made behind another, which pays from the same budgets and takes nothing else. */
export function chargedTo(custody: Custody | null): Custody | null {
  if (custody === null) return null;
  const [own] = custody.claims;
  const claim = { ...own, id: `${own.id}-again`, rates: [], slots: [], hold: 0 };
  return { claims: [claim], wake: () => {}, stop: async () => {} };
}

function outran(): GatewayError {
  return new GatewayError(
    'budget_exceeded',
    'The answer costs more than was reserved for it, and its budget has no more (BUDGET_OVERRUN).',
  );
}
