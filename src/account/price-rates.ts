import type { ModelPrice } from '@pydantic/genai-prices';
import type { PriceOverride, TokenPrices } from '../config/config.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';

/** Pico-dollars (1e-12 USD), integers, so that sums are exact: of a token each, of a search, and of a request. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
  readonly audioInput: number;
  readonly imageInput: number;
  readonly audioOutput: number;
  readonly imageOutput: number;
  readonly webSearch: number;
  /** Of a picture. */
  readonly image: number;
  readonly request: number;
}

/** Rates by the size of a request's whole input: the last whose `above` it passes counts for all tokens. */
export type Tiers = readonly { readonly above: number; readonly rates: Rates }[];

/** @param share of the rates that is taken, e.g. 0.5 */
export function costOf(usage: Usage, tiers: Tiers, share = 1): NanoUsd | null {
  const input = usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
  const rates = tiers.findLast(({ above }) => input > above)?.rates;
  if (rates === undefined || isUnpriced(usage, rates)) return null;
  return Math.round((picoUsd(usage, rates) * share) / 1000);
}

/** Pictures that nobody counted the tokens of, and that have no price of their own. */
function isUnpriced({ input, output, parts }: Usage, { image }: Rates): boolean {
  return parts !== undefined && parts.images > 0 && image === 0 && input + output === 0;
}

/** Parts cost what they cost more, or less, than the text that they are counted among. */
function picoUsd(usage: Usage, rates: Rates): number {
  const { parts } = usage;
  const text =
    usage.input * rates.input +
    usage.cacheRead * rates.cacheRead +
    usage.cacheWrite * rates.cacheWrite +
    usage.cacheWrite1h * rates.cacheWrite1h +
    (usage.output - usage.reasoning) * rates.output +
    usage.reasoning * rates.reasoning +
    rates.request;
  if (parts === undefined) return text;
  return (
    text +
    parts.audioInput * (rates.audioInput - rates.input) +
    parts.imageInput * (rates.imageInput - rates.input) +
    parts.audioOutput * (rates.audioOutput - rates.output) +
    parts.imageOutput * (rates.imageOutput - rates.output) +
    parts.webSearches * rates.webSearch +
    parts.images * rates.image
  );
}

/** What an operator set. A tier takes from the one below it what it does not say itself. */
export function overrideTiers({
  tiers,
  request,
  webSearch,
  image,
  serviceTiers: _,
  ...base
}: PriceOverride): Tiers {
  const fees = { request: request ?? 0, webSearch: webSearch ?? 0, image: image ?? 0 };
  const all = [{ above: -1, ...base }, ...tiers.toSorted((a, b) => a.above - b.above)];
  let below: TokenPrices = base;
  return all.map(({ above, ...prices }) => {
    below = { ...below, ...said(prices) };
    return { above, rates: ratesOf({ ...below, ...fees }) };
  });
}

function said(prices: Readonly<Record<string, number | null>>): Partial<TokenPrices> {
  const entries = Object.entries(prices).flatMap(([name, price]) => (price === null ? [] : [[name, price]]));
  return Object.fromEntries(entries);
}

/** Tokens in US dollars per million, searches, pictures and requests in US dollars each. */
interface Prices extends TokenPrices {
  readonly request: number;
  readonly webSearch: number;
  readonly image: number;
}

/** What has no price of its own costs what it is a part of, an hour's write what five minutes' costs. */
function ratesOf(prices: Prices): Rates {
  const { input, output, cacheWrite } = prices;
  return {
    input: pico(input),
    cacheRead: pico(prices.cacheRead ?? input),
    cacheWrite: pico(cacheWrite ?? input),
    cacheWrite1h: pico(prices.cacheWrite1h ?? cacheWrite ?? input),
    output: pico(output),
    reasoning: pico(prices.reasoning ?? output),
    audioInput: pico(prices.audioInput ?? input),
    imageInput: pico(prices.imageInput ?? input),
    audioOutput: pico(prices.audioOutput ?? output),
    imageOutput: pico(prices.imageOutput ?? output),
    webSearch: pico(prices.webSearch * 1e6),
    image: pico(prices.image * 1e6),
    request: pico(prices.request * 1e6),
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
  const of = (name: string) => priceAbove(price[name], above);
  return {
    input: of('input_mtok') ?? 0,
    cacheRead: of('cache_read_mtok'),
    cacheWrite: of('cache_write_mtok'),
    cacheWrite1h: of('cache_write_1h_mtok'),
    output: of('output_mtok') ?? 0,
    reasoning: of('output_reasoning_mtok'),
    audioInput: of('input_audio_mtok'),
    imageInput: of('input_image_mtok'),
    audioOutput: of('output_audio_mtok'),
    imageOutput: of('output_image_mtok'),
    webSearch: (of('web_searches_kcount') ?? 0) / 1000,
    // The data has none by the piece.
    image: 0,
    // Perplexity's fee grows with the search context; the data has the largest, so that a budget is not overshot.
    request: (of('requests_kcount') ?? 0) / 1000,
  };
}

function priceAbove(rate: ModelPrice[string], above: number): number | null {
  if (rate === undefined) return null;
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ start }) => start <= above)?.price ?? rate.base;
}
