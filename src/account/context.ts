import type { Target } from '../domain/provider.ts';
import { listedContext } from './price-data.ts';

/** Clients choose the names, so what is remembered of them is bounded. */
const MAX_KNOWN = 2_000;

/** Tokens of input and output together that a model takes, as the price data has it; null: it does not know. */
export function createContextOf(): (target: Target) => number | null {
  const known = new Map<string, number | null>();
  return function contextOf({ provider, model }) {
    const name = `${provider.id}/${model}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size >= MAX_KNOWN) known.clear();
    const context = listedContext(provider.id, model);
    known.set(name, context);
    return context;
  };
}
