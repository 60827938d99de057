import { byScore, type Strategy } from './strategy.ts';

/**
 * By chance, each target first as often as its weight says, and the others behind it in the same manner: the order of
 * exponential waiting times (Efraimidis and Spirakis, 2006).
 * @param random a number from 0 (included) to 1 (excluded).
 */
export function createWeighted(random: () => number): Strategy {
  return (targets) => {
    const sum = targets.reduce((total, { weight }) => total + weight, 0);
    return byScore(targets, ({ weight }) => ({
      score: -Math.log(1 - random()) / weight,
      reason: `drawn, with a share of ${((100 * weight) / sum).toFixed(1)} %`,
    }));
  };
}
