import type { Plan, PlannedTarget } from '../domain/plan.ts';

/** What is tried first. */
export function firstTarget({ route, targets }: Plan): PlannedTarget {
  const [first] = targets;
  if (first === undefined) throw new Error(`the plan for ${JSON.stringify(route.name)} has no target`);
  return first;
}

/** The target that gave an answer which was kept; one that is no longer planned counts as the first. */
export function plannedTarget(plan: Plan, providerId: string, model: string): PlannedTarget {
  return (
    plan.targets.find((target) => target.provider.id === providerId && target.model === model) ??
    firstTarget(plan)
  );
}
