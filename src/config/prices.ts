import * as z from 'zod';
import type { PriceOverride, TokenPrices } from './config.ts';
import { described } from './setting.ts';
import * as v from './values.ts';

const tokens = {
  input: described(v.dollars(), 'Input tokens, in US dollars per million.'),
  output: described(v.dollars(), 'Output tokens, in US dollars per million.'),
  cache_read: described(
    v.dollars().optional(),
    "Tokens read from the provider's prompt cache. Default: as input.",
  ),
  cache_write: described(v.dollars().optional(), 'Tokens written to it for five minutes. Default: as input.'),
  cache_write_1h: described(
    v.dollars().optional(),
    'Tokens written to it for an hour. Default: as for five minutes.',
  ),
  reasoning: described(v.dollars().optional(), 'Reasoning tokens. Default: as output.'),
  audio_input: described(v.dollars().optional(), 'Audio tokens in. Default: as input.'),
  image_input: described(v.dollars().optional(), 'Image tokens in. Default: as input.'),
  audio_output: described(v.dollars().optional(), 'Audio tokens out. Default: as output.'),
  image_output: described(v.dollars().optional(), 'Image tokens out. Default: as output.'),
} as const;

const tier = z
  .strictObject(tokens)
  .partial()
  .extend({ above: described(v.integer(1, v.MAX_COUNT), 'Input tokens, cached ones included.') });

/** What an operator pays for a model. */
export const price = z.strictObject({
  ...tokens,
  request: described(v.dollars().optional(), 'Each request, in US dollars.'),
  web_search: described(v.dollars().optional(), 'Each search that the provider makes, in US dollars.'),
  image: described(
    v.dollars().optional(),
    'Each picture of `/v1/images/*`, in US dollars, beside its tokens.',
  ),
  service_tiers: described(
    z.record(z.string().min(1).max(64), v.decimal(0, 100)).optional(),
    'By the service tier that the provider says it used (`flex`, `priority`, `batch`, …): what all of the prices are multiplied by. A call in a tier that is neither here nor known has no known cost.',
  ),
  tiers: described(
    z.array(tier).max(8, 'must be at most 8 tiers').optional(),
    'Other prices for all tokens of a request with more input than `above`: a list of `above` and the prices that differ.',
  ),
});

export type PriceEntry = z.output<typeof price>;

export function toPrices(entries: Readonly<Record<string, PriceEntry>>): Record<string, PriceOverride> {
  const overrides = Object.entries(entries).map(([model, entry]): [string, PriceOverride] => [
    model,
    {
      ...toTokenPrices(entry),
      input: entry.input,
      output: entry.output,
      request: entry.request ?? null,
      webSearch: entry.web_search ?? null,
      image: entry.image ?? null,
      serviceTiers: entry.service_tiers ?? {},
      tiers: (entry.tiers ?? []).map(({ above, ...prices }) => ({
        ...toTokenPrices(prices),
        input: prices.input ?? null,
        output: prices.output ?? null,
        above,
      })),
    },
  ]);
  return Object.fromEntries(overrides);
}

function toTokenPrices(entry: Omit<z.output<typeof tier>, 'above'>): Omit<TokenPrices, 'input' | 'output'> {
  return {
    cacheRead: entry.cache_read ?? null,
    cacheWrite: entry.cache_write ?? null,
    cacheWrite1h: entry.cache_write_1h ?? null,
    reasoning: entry.reasoning ?? null,
    audioInput: entry.audio_input ?? null,
    imageInput: entry.image_input ?? null,
    audioOutput: entry.audio_output ?? null,
    imageOutput: entry.image_output ?? null,
  };
}
