import { calcPrice, type ModelPrice } from '@pydantic/genai-prices';
import type { PriceOverride } from '../config/config.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';
import { isMatch, priceDataId } from './price-data.ts';

/** What an attempt costs; null when no price is known, which is not the same as free. `at`: milliseconds since the epoch. */
export type Pricer = (providerId: string, model: string, usage: Usage, at: number) => NanoUsd | null;

/** Prices of tokens in pico-dollars, integers, so that sums are exact. */
interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
}

/** Rates for a whole request by its input size: the last whose `above` is passed counts for all its tokens. */
type Tiers = readonly { readonly above: number; readonly rates: Rates }[];

type RateValue = ModelPrice[string];

/** Prices change by the day and at some providers by the hour, so a rate is looked up again after a minute. */
const FRESH_MS = 60_000;
const MAX_KNOWN = 2_000;

/** The model inside the gateway costs something, so that a newcomer sees costs: US dollars per million tokens. */
const SANDBOX: Rates = ratesOf({ input: 1, output: 2, cacheRead: 0.1, cacheWrite: null, cacheWrite1h: null });

export function createPricer(overrides: Readonly<Record<string, PriceOverride>> = {}): Pricer {
  const own = new Map(
    Object.entries(overrides).map(([name, price]) => [name, [{ above: -1, rates: ratesOf(price) }]]),
  );
  const known = new Map<string, { until: number; tiers: Tiers | null }>();

  function tiersOf(providerId: string, model: string, at: number): Tiers | null {
    const name = `${providerId}/${model}`;
    const override = own.get(name);
    if (override !== undefined) return override;
    if (providerId === 'sandbox') return [{ above: -1, rates: SANDBOX }];
    const entry = known.get(name);
    if (entry !== undefined && at < entry.until && at >= entry.until - FRESH_MS) return entry.tiers;
    if (known.size >= MAX_KNOWN) known.clear();
    const tiers = lookUp(providerId, model, at);
    known.set(name, { until: at + FRESH_MS, tiers });
    return tiers;
  }

  return function price(providerId, model, usage, at) {
    const tiers = tiersOf(providerId, model, at);
    if (tiers === null) return null;
    const total = usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
    const rates = tiers.findLast(({ above }) => total > above)?.rates;
    return rates === undefined ? null : Math.round(picoUsd(usage, rates) / 1000);
  };
}

function picoUsd(usage: Usage, rates: Rates): number {
  return (
    usage.input * rates.input +
    usage.output * rates.output +
    usage.cacheRead * rates.cacheRead +
    usage.cacheWrite * rates.cacheWrite +
    usage.cacheWrite1h * rates.cacheWrite1h
  );
}

/** US dollars per million tokens are micro-dollars per token: a millionth of that is exact for every price there is. */
function pico(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6);
}

/** Where cached tokens have no price of their own they cost what input costs; an hour's write without one, twice the input. */
function ratesOf({ input, output, cacheRead, cacheWrite, cacheWrite1h }: PriceOverride): Rates {
  return {
    input: pico(input),
    output: pico(output),
    cacheRead: pico(cacheRead ?? input),
    cacheWrite: pico(cacheWrite ?? input),
    cacheWrite1h: pico(cacheWrite1h ?? cacheWrite ?? input),
  };
}

/** Asked with the provider's id always: by name alone the data would also answer for another provider's model. */
function lookUp(providerId: string, model: string, at: number): Tiers | null {
  const id = priceDataId(providerId);
  if (id === null) return null;
  const found = find(model, id, at);
  if (found === null || !isMatch(model, found.model)) return null;
  return toTiers(found.model_price);
}

function find(model: string, providerId: string, at: number) {
  try {
    return calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId, timestamp: new Date(at) });
  } catch {
    // An unknown flavour of a provider is no reason to fail a call: its cost is unknown.
    return null;
  }
}

function toTiers(price: ModelPrice): Tiers | null {
  const { input_mtok: input, output_mtok: output } = price;
  // Audio, images and the like have prices that tokens alone do not give.
  if (input === undefined) return null;
  const starts = [input, output, price.cache_read_mtok].flatMap((rate) =>
    typeof rate === 'object' ? rate.tiers.map(({ start }) => start) : [],
  );
  const bounds = [-1, ...new Set(starts.toSorted((a, b) => a - b))];
  return bounds.map((above) => ({
    above,
    rates: ratesOf({
      input: rateAbove(input, above) ?? 0,
      output: rateAbove(output, above) ?? 0,
      cacheRead: rateAbove(price.cache_read_mtok, above),
      cacheWrite: rateAbove(price.cache_write_mtok, above),
      cacheWrite1h: rateAbove(price.cache_write_1h_mtok, above),
    }),
  }));
}

function rateAbove(rate: RateValue, above: number): number | null {
  if (rate === undefined) return null;
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ start }) => start <= above)?.price ?? rate.base;
}

/** A decimal string of US dollars: no exponent, no zeros at the end. */
export function formatUsd(nano: NanoUsd): string {
  const digits = String(Math.abs(nano)).padStart(10, '0');
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
  return nano < 0 ? `-${text}` : text;
}
