import type { TargetStats } from '../target-stats.ts';
import { byScore, type Strategy } from './strategy.ts';

/** The one with the fewest calls under way for its weight; by chance among equals, or all idle calls would go to the first. */
export function createLeastBusy(stats: Pick<TargetStats, 'load'>, random: () => number): Strategy {
  return (targets) =>
    byScore(targets, ({ id, weight }) => {
      const { inFlight } = stats.load(id);
      return { score: (inFlight + random() / 2) / weight, reason: `${inFlight} calls under way` };
    });
}
