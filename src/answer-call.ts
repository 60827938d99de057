import { estimateInput } from './account/meter.ts';
import type { Attempts } from './attempts/attempts.ts';
import type { Dispatch, DispatchTo } from './dispatch.ts';
import { accept } from './exchange/given.ts';

export interface AnswerCallDeps {
  readonly attempts: Pick<Attempts, 'run'>;
  readonly dispatchTo: DispatchTo;
}

/** The way of a call over its targets, to the answer of the one that gave it. */
export function createAnswerCall({ attempts, dispatchTo }: AnswerCallDeps): Dispatch {
  return async function answerCall(principal, prepared) {
    const { life, plan, call, headers } = prepared;
    const given = await attempts.run({
      plan,
      signal: life.scope.signal,
      tryTarget: dispatchTo(principal, prepared),
      promptTokens: estimateInput(call.body).input,
      stream: call.stream,
      clientCredential: principal.credential !== null,
      leftMs: () => life.scope.deadline.totalLeftMs,
      attemptsMade: life.record.tries.length,
      hold: (work) => life.hold(work),
    });
    return accept(life, given, headers);
  };
}
