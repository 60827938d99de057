import type { Call } from '../../domain/call.ts';
import type { PlannedTarget, RouteTarget } from '../../domain/plan.ts';

/** The call that targets are ordered for. */
export interface Ordering {
  readonly tenant: string;
  readonly call: Call;
}

/** Orders targets of one tier, at least two, the best first. All of them stay: the others are for when the first fails. */
export type Strategy = (targets: readonly RouteTarget[], ordering: Ordering) => readonly PlannedTarget[];

/** By a score, the lowest first; equal ones stay as they were. */
export function byScore(
  targets: readonly RouteTarget[],
  judge: (target: RouteTarget, index: number) => Pick<PlannedTarget, 'score' | 'reason'>,
): PlannedTarget[] {
  return targets
    .map((target, index) => ({ ...target, ...judge(target, index) }))
    .sort((one, other) => compare(one.score, other.score));
}

/** Infinity minus infinity is no number, so it is not subtracted. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
