import type { Plan, PlannedTarget } from '../domain/plan.ts';

/** The target that gave an answer which was kept; one that is no longer planned counts as the first. */
export function plannedTarget({ targets }: Plan, providerId: string, model: string): PlannedTarget {
  return targets.find((target) => target.provider.id === providerId && target.model === model) ?? targets[0];
}
