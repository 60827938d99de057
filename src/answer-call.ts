import { METRICS } from './account/instruments.ts';
import { estimateInput } from './account/meter.ts';
import type { ModelLabel } from './account/models.ts';
import type { AttemptCall } from './attempts/call.ts';
import { continued } from './continued/continued-stream.ts';
import { Leg } from './continued/leg.ts';
import type { Dispatch, DispatchTo, Prepared } from './dispatch.ts';
import type { Plan } from './domain/plan.ts';
import type { Principal } from './domain/principal.ts';
import type { Target } from './domain/provider.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { accept, type Given } from './exchange/given.ts';
import type { Metrics } from './ports/metrics.ts';
import { canBeContinued, continuedCall } from './translate/continue/continued-call.ts';
import { isConversation } from './translate/dialects.ts';
import { usageOfTries } from './usage/of-tries.ts';

export interface AnswerCallDeps {
  readonly run: (call: AttemptCall<Given>) => Promise<Given>;
  readonly dispatchTo: DispatchTo;
  readonly metrics: Pick<Metrics, 'add'>;
  readonly modelLabel: ModelLabel;
}

/** The way of a call over its targets, to the answer of the one that gave it, or of those that gave it together. */
export function createAnswerCall({ run, dispatchTo, metrics, modelLabel }: AnswerCallDeps): Dispatch {
  return async function answerCall(principal, prepared) {
    const { life, plan, call, headers } = prepared;
    const { midStream } = plan.route;
    const continues = midStream === 'continue' && canBeContinued(call);
    const breaks = continues || (midStream === 'off' && call.stream) ? 'broken' : 'told';
    const tryTarget = dispatchTo(principal, prepared, breaks);
    const given = await run({ ...attemptCall(principal, prepared), plan, tryTarget });
    const answer = continues ? goesOn(principal, prepared, given) : given;
    return accept(life, answer, headers);
  };

  function goesOn(principal: Principal, prepared: Prepared, given: Given): Given {
    const { life, call, shared } = prepared;
    const { endpoint } = call;
    if (given.tried === null || given.status !== 200 || !given.streamed || !isConversation(endpoint))
      return given;
    return continued(given, given.tried.target, {
      call,
      endpoint,
      requestId: life.record.incoming.requestId,
      signal: life.scope.signal,
      shared,
      used: () => usageOfTries(life.record.tries),
      next: (text, broken) => nextLeg(principal, prepared, text, broken),
    });
  }

  async function nextLeg(principal: Principal, prepared: Prepared, text: string, broken: Leg): Promise<Leg> {
    const { call } = prepared;
    const plan = planOfOthers(prepared);
    const given = await run({
      ...attemptCall(principal, prepared),
      plan,
      tryTarget: (target, context) =>
        dispatchTo(
          principal,
          { ...prepared, call: continuedCall(call, text, target) },
          'broken',
        )(target, context),
    });
    const target = given.tried?.target ?? plan.targets[0];
    if (given.status !== 200)
      throw new GatewayError('no_provider', 'No other target can go on with the answer.');
    prepared.life.record.continued = true;
    metrics.add(METRICS.fallbacks, 1, [labelOf(broken.target), labelOf(target), broken.outcome]);
    return new Leg(given, target);
  }

  function labelOf({ provider, model }: Target): string {
    return `${provider.id}/${modelLabel(provider.id, model)}`;
  }
}

/** Whoever was tried has failed. @throws GatewayError when nobody is left */
function planOfOthers({ life, plan }: Prepared): Plan {
  const tried = life.record.tries.map(({ target }) => target);
  const [first, ...rest] = plan.targets.filter(
    ({ provider, model }) => !tried.some((one) => one.provider.id === provider.id && one.model === model),
  );
  if (first === undefined)
    throw new GatewayError('no_provider', 'No other target is left to go on with the answer.');
  return { ...plan, targets: [first, ...rest] };
}

function attemptCall(
  principal: Principal,
  { life, call }: Prepared,
): Omit<AttemptCall<Given>, 'plan' | 'tryTarget'> {
  return {
    signal: life.scope.signal,
    promptTokens: estimateInput(call.body).input,
    stream: call.stream,
    clientCredential: principal.credential !== null,
    leftMs: () => life.scope.deadline.totalLeftMs,
    attemptsMade: life.record.tries.length,
    hold: (work) => life.hold(work),
  };
}
