import { byScore, type Strategy } from './strategy.ts';

/** As they are listed. */
export const priority: Strategy = (targets) =>
  byScore(targets, (_target, index) => ({ score: index, reason: `number ${index + 1} in the list` }));
