import type { ConfiguredRoute } from '../config/config.ts';
import type { Call } from '../domain/call.ts';
import type { LeftOut, Plan, Route, RouteTarget } from '../domain/plan.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { FindRoute } from './find-route.ts';
import { type Judge, withoutEndpoint } from './misfit.ts';
import type { Order } from './order.ts';
import type { TargetStats } from './target-stats.ts';

export interface PlannerDeps {
  readonly findRoute: FindRoute;
  readonly judge: Judge;
  readonly order: Order;
  readonly stats: Pick<TargetStats, 'isDrained'>;
  /** Whether the principal may use a model by one of these names. */
  readonly mayUse: (principal: Principal, names: readonly string[]) => boolean;
  readonly mayUseProvider: (principal: Principal, providerId: string) => boolean;
}

/**
 * What is to be tried for a call, in order.
 * @param keeper the provider that keeps what the call goes on from: no other knows it. Default: there is none.
 * @throws GatewayError as `resolve` does, `permission_denied` for a model that the key may not use, `invalid_request` when
 * no target can answer the call whole.
 */
export type Planner = (principal: Principal, call: Call, keeper?: string | null) => Plan;

/** Why targets are left out; what comes first is checked first. */
type Kind = 'denied' | 'unfit' | 'drained';

type Verdict = LeftOut & { readonly kind: Kind };

export function createPlanner(deps: PlannerDeps): Planner {
  const { findRoute, judge, order, stats, mayUse, mayUseProvider } = deps;

  return function plan(principal, call, keeper = null) {
    const { route, names } = findRoute(call.model, call.endpoint);
    const asked = { principal, call, route, mayUseAll: mayUse(principal, names), keeper };
    const verdictOn = verdictFor(asked);
    const usable: RouteTarget[] = [];
    const leftOut: Verdict[] = [];
    for (const target of route.targets) {
      const verdict = verdictOn(target);
      if (verdict === null) usable.push(target);
      else leftOut.push({ target, ...verdict });
    }
    // With nobody else, those out of service are planned: who tries them hears of it when they are back, and refuses until then.
    const drained = usable.length > 0 ? [] : leftOut.filter(({ kind }) => kind === 'drained');
    const planned = usable.length > 0 ? usable : drained.map(({ target }) => target);
    const [first, ...others] = order(route, planned, { tenant: principal.tenant, call });
    if (first === undefined) throw refusal(call, leftOut);
    return {
      route: withoutDenied(route, leftOut),
      targets: [first, ...others],
      leftOut: leftOut
        .filter((one) => !drained.includes(one))
        .map(({ target, reason }) => ({ target, reason })),
    };
  };

  function verdictFor(asked: Asked): (target: RouteTarget) => Omit<Verdict, 'target'> | null {
    const { principal, call, route, mayUseAll } = asked;
    const misfit = isChosenByAbility(route)
      ? judge(call, route, route.requires)
      : (target: RouteTarget) => withoutEndpoint(call, target);
    const bond = bondOf(asked);
    return (target) => {
      const allowed = mayUseAll || mayUse(principal, [target.model, target.id]);
      if (!allowed || !mayUseProvider(principal, target.provider.id)) {
        return { kind: 'denied', reason: 'this key may not use it' };
      }
      if (bond !== null && target.provider.id !== bond.provider)
        return { kind: 'unfit', reason: bond.reason };
      const reason = misfit(target);
      if (reason !== null) return { kind: 'unfit', reason };
      return stats.isDrained(target) ? { kind: 'drained', reason: 'it is out of service' } : null;
    };
  }
}

interface Asked {
  readonly principal: Principal;
  readonly call: Call;
  readonly route: ConfiguredRoute;
  readonly mayUseAll: boolean;
  readonly keeper: string | null;
}

/** The only provider of several that a call may go to. The key that a client brings is one provider's, and no other may see it. */
function bondOf({ principal, route, keeper }: Asked): { provider: string; reason: string } | null {
  const [first, ...others] = route.targets;
  if (first === undefined || others.length === 0) return null;
  if (keeper !== null) return { provider: keeper, reason: `"${keeper}" keeps what the call goes on from` };
  const provider = first.provider.id;
  if (principal.credential === null) return null;
  return { provider, reason: `the key that the client brought is for "${provider}"` };
}

/** What a key may not use is no part of the route that it has: answers of the whole route are not for it. */
function withoutDenied(route: ConfiguredRoute, leftOut: readonly Verdict[]): Route {
  if (leftOut.length === 0) return route;
  const denied = new Set(leftOut.filter(({ kind }) => kind === 'denied').map(({ target }) => target.id));
  if (denied.size === 0) return route;
  return { ...route, targets: route.targets.filter(({ id }) => !denied.has(id)) };
}

/** Where there is no choice and the operator said nothing of abilities, whoever is asked may judge. */
function isChosenByAbility({ targets, requires }: ConfiguredRoute): boolean {
  return (
    targets.length > 1 ||
    requires.length > 0 ||
    targets.some(({ capabilities, contextTokens }) => capabilities !== null || contextTokens !== null)
  );
}

function refusal(call: Call, leftOut: readonly Verdict[]): GatewayError {
  const model = JSON.stringify(call.model.slice(0, 100));
  const allowed = leftOut.filter(({ kind }) => kind !== 'denied');
  if (allowed.length === 0) {
    return new GatewayError('permission_denied', `This key may not use the model ${model}.`, {
      param: 'model',
    });
  }
  const reasons = allowed
    .map(({ target, reason }) => `${target.id}: ${reason.replace(/\.$/, '')}`)
    .join('; ');
  return new GatewayError(
    'invalid_request',
    `No target of the model ${model} can answer this call as it is (${reasons}).`,
    { param: 'model' },
  );
}
