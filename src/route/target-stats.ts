import type { RouteTarget } from '../domain/plan.ts';

/** What the order of targets depends on beside the configuration. Asked for targets of each call, so it is quick. */
export interface TargetStats {
  load(id: string): TargetLoad;
  /** `ready`, or why the target should not be called now. */
  standing(target: RouteTarget): string;
  /** The operator wants no calls to go there. */
  isDrained(target: RouteTarget): boolean;
}

export interface TargetLoad {
  /** Calls under way in this process. */
  readonly inFlight: number;
  /** Peak-sensitive average of the time to the first content; null: it was not measured yet. */
  readonly latencyMs: number | null;
}
