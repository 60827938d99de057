import { type MatchLogic, updatePrices } from '@pydantic/genai-prices';
import * as z from 'zod';

const name = z.string().min(1).max(200);

const expression = z.string().max(2_000).refine(isExpression, 'is no regular expression');

const match: z.ZodType<MatchLogic> = z.union([
  z.object({ equals: name }),
  z.object({ starts_with: name }),
  z.object({ ends_with: name }),
  z.object({ contains: name }),
  z.object({ regex: expression }),
  z.object({ or: z.array(z.lazy(() => match)).max(200) }),
  z.object({ and: z.array(z.lazy(() => match)).max(200) }),
]);

/** US dollars, for a million tokens or whatever the field's name says. */
const dollars = z.number().min(0).max(1e6);
const prices = z.record(
  name,
  z.union([
    dollars,
    z.object({
      base: dollars,
      tiers: z.array(z.object({ start: z.number().min(0), price: dollars })).max(20),
    }),
  ]),
);

const type = z.string().optional();
const constraint = z.union([
  z
    .strictObject({ type, start_date: z.iso.date() })
    .transform(({ start_date }) => ({ type: 'start_date' as const, start_date })),
  z
    .strictObject({ type, start_time: name, end_time: name })
    .transform(({ start_time, end_time }) => ({ type: 'time_of_date' as const, start_time, end_time })),
]);

const model = z.object({
  id: name,
  match,
  context_window: z.number().exactOptional(),
  prices: z.union([
    z
      .array(z.object({ constraint: constraint.exactOptional(), prices }))
      .min(1)
      .max(100),
    prices,
  ]),
});

const provider = z.object({
  id: name,
  name,
  api_pattern: expression,
  provider_match: match.exactOptional(),
  model_match: match.exactOptional(),
  fallback_model_providers: z.array(name).exactOptional(),
  models: z.array(model).max(20_000),
});

const file = z.array(provider).min(1).max(500);

let version = 0;

/** Another number whenever there are other prices. */
export function priceFileVersion(): number {
  return version;
}

/** A file without these is not the one that is meant. */
const EXPECTED = ['openai', 'anthropic'];

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * From now on these are the public prices, all at once. `data.json` of https://github.com/pydantic/genai-prices, version 2.
 * @returns how many models they name
 * @throws Error in a sentence for what is no such file: the prices before stay
 */
export function takePriceFile(text: string): number {
  const read = file.safeParse(parsed(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(
      `it is no price file: ${issue?.path.join('.') || 'the file'} ${issue?.message ?? ''}`.trim(),
    );
  }
  const missing = EXPECTED.filter((id) => !read.data.some((one) => one.id === id && one.models.length > 0));
  if (missing.length > 0) throw new Error(`it has no prices of ${missing.join(' and ')}`);
  updatePrices(({ setProviderData }) => setProviderData(read.data));
  version += 1;
  return read.data.reduce((sum, { models }) => sum + models.length, 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
}
