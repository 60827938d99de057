import type { ModelPrice } from '@pydantic/genai-prices';
import type { PriceOverride } from '../config/config.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';

/** Pico-dollars (1e-12 USD), integers, so that sums are exact: of a token each, and of a request. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
  readonly request: number;
}

/** Rates by the size of a request's whole input: the last whose `above` it passes counts for all tokens. */
export type Tiers = readonly { readonly above: number; readonly rates: Rates }[];

export function costOf(usage: Usage, tiers: Tiers): NanoUsd | null {
  const input = usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
  const rates = tiers.findLast(({ above }) => input > above)?.rates;
  return rates === undefined ? null : Math.round(picoUsd(usage, rates) / 1000);
}

function picoUsd(usage: Usage, rates: Rates): number {
  return (
    usage.input * rates.input +
    usage.cacheRead * rates.cacheRead +
    usage.cacheWrite * rates.cacheWrite +
    usage.cacheWrite1h * rates.cacheWrite1h +
    (usage.output - usage.reasoning) * rates.output +
    usage.reasoning * rates.reasoning +
    rates.request
  );
}

/** What an operator set, in US dollars per million tokens. */
export function overrideTiers(price: PriceOverride): Tiers {
  return [{ above: -1, rates: ratesOf({ ...price, reasoning: null, request: 0 }) }];
}

interface Prices extends PriceOverride {
  readonly reasoning: number | null;
  /** US dollars per thousand requests. */
  readonly request: number;
}

/** Cached tokens without a price of their own cost what input costs, an hour's write what five minutes' costs. */
function ratesOf({ input, output, cacheRead, cacheWrite, cacheWrite1h, reasoning, request }: Prices): Rates {
  return {
    input: pico(input),
    cacheRead: pico(cacheRead ?? input),
    cacheWrite: pico(cacheWrite ?? input),
    cacheWrite1h: pico(cacheWrite1h ?? cacheWrite ?? input),
    output: pico(output),
    reasoning: pico(reasoning ?? output),
    request: pico(request * 1000),
  };
}

/** Dollars per million tokens are micro-dollars a token. A millionth of that is finer than any listed price. */
function pico(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6);
}

/** Null for models that are not sold by tokens of text (images, audio, pages). */
export function listedTiers(price: ModelPrice): Tiers | null {
  if (price.input_mtok === undefined) return null;
  const starts = Object.values(price).flatMap((rate) =>
    typeof rate === 'object' ? rate.tiers.map(({ start }) => start) : [],
  );
  const bounds = [-1, ...new Set(starts.toSorted((a, b) => a - b))];
  return bounds.map((above) => ({ above, rates: ratesOf(pricesAbove(price, above)) }));
}

function pricesAbove(price: ModelPrice, above: number): Prices {
  return {
    input: priceAbove(price.input_mtok, above) ?? 0,
    cacheRead: priceAbove(price.cache_read_mtok, above),
    cacheWrite: priceAbove(price.cache_write_mtok, above),
    cacheWrite1h: priceAbove(price.cache_write_1h_mtok, above),
    output: priceAbove(price.output_mtok, above) ?? 0,
    reasoning: priceAbove(price.output_reasoning_mtok, above),
    // Perplexity's fee grows with the search context; the data has the largest, so that a budget is not overshot.
    request: priceAbove(price.requests_kcount, above) ?? 0,
  };
}

function priceAbove(rate: ModelPrice[string], above: number): number | null {
  if (rate === undefined) return null;
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ start }) => start <= above)?.price ?? rate.base;
}
