import type { NanoUsd, Usage } from '../../domain/usage.ts';
import { usageShape } from '../call-shape.ts';
import { byScore, type Strategy } from './strategy.ts';

/** What a call of a target would cost now; null: its price is not known. */
export type PriceNow = (providerId: string, model: string, usage: Usage) => NanoUsd | null;

/** The cheapest for a call of this shape, what is likely read from a prompt cache included; unknown prices last. */
export function createCost(price: PriceNow): Strategy {
  return (targets, { call }) => {
    const usage = usageShape(call);
    return byScore(targets, ({ provider, model }) => {
      const cost = price(provider.id, model, usage);
      if (cost === null) return { score: Number.POSITIVE_INFINITY, reason: 'its price is not known' };
      return { score: cost, reason: `about ${(cost / 1e9).toFixed(6)} US dollars` };
    });
  };
}
