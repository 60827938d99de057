import type { Failure, TryTarget } from '../domain/outcome.ts';
import type { Plan, PlannedTarget } from '../domain/plan.ts';
import type { Hold } from './marks.ts';

/** One call, as it is to be answered by one of the targets of its plan. */
export interface AttemptCall<T> {
  readonly plan: Plan;
  /** Aborts when nobody wants the answer any more, or its time is over. */
  readonly signal: AbortSignal;
  readonly tryTarget: TryTarget<T>;
  /** Of the input; an estimate will do. */
  readonly promptTokens: number;
  /** An attempt has answered once its first content came; otherwise, once the whole answer is there. */
  readonly stream: boolean;
  /** The client brought its own credential: what is wrong with it says nothing about other clients. */
  readonly clientCredential: boolean;
  /** Milliseconds until the call's time is over. */
  readonly leftMs: () => number;
  /** Attempts that were made for the request before, as those of a stream that another target is to continue. Default: 0. */
  readonly attemptsMade?: number;
  readonly hold: Hold;
}

/** An attempt that failed, and where. */
export interface Failed<T> {
  readonly target: PlannedTarget;
  readonly failure: Failure<T>;
}
