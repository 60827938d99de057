import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import type { PriceOverride } from '../config/config.ts';
import type { Usage } from '../domain/usage.ts';
import { createPricer, formatUsd } from './price.ts';

const AT = Date.UTC(2026, 9, 1, 12);
const usage = (buckets: Partial<Usage>): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
  ...buckets,
});
const cost = (provider: string, model: string, buckets: Partial<Usage>, at = AT) =>
  createPricer()(provider, model, usage(buckets), at);

describe('the price of a call in nano-dollars', () => {
  it.each([
    ['openai', 'gpt-4o', { input: 1000, cacheRead: 100, output: 10 }, 2_725_000],
    ['openai', 'gpt-4o-2024-08-06', { input: 1, output: 1 }, 12_500],
    ['openai', 'gpt-4o-mini', { input: 1, cacheRead: 1, output: 1 }, 825],
    ['openai', 'gpt-4.1', { input: 3, cacheRead: 2, output: 1 }, 15_000],
    ['openai', 'text-embedding-3-small', { input: 8 }, 160],
    ['azure-openai', 'gpt-4o-mini', { input: 1, output: 1 }, 750],
    ['gemini', 'gemini-2.5-flash', { input: 10, cacheRead: 10, output: 10 }, 28_300],
    ['anthropic', 'claude-haiku-4-5', { input: 7, cacheRead: 10, output: 3 }, 23_000],
    ['anthropic', 'claude-sonnet-4-5', { input: 100, cacheRead: 100, output: 100 }, 1_830_000],
    ['anthropic', 'claude-sonnet-4-5-20250929', { cacheWrite: 1000 }, 3_750_000],
    ['anthropic', 'claude-sonnet-4-5-latest', { cacheWrite1h: 1000 }, 6_000_000],
    ['anthropic', 'claude-sonnet-4-5', { input: 200_000, output: 1 }, 600_015_000],
    ['anthropic', 'claude-sonnet-4-5', { input: 200_001, output: 1 }, 1_200_028_500],
    ['anthropic', 'claude-sonnet-4-5', { cacheRead: 200_000, cacheWrite1h: 1 }, 120_012_000],
    ['sandbox', 'anything', { input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000 }, 3_100_000_000],
  ] as const)('%s %s %j', (provider, model, buckets, nano) => {
    expect(cost(provider, model, buckets)).toBe(nano);
  });

  it('counts reasoning once, as output', () => {
    expect(cost('openai', 'gpt-4.1', { output: 10, reasoning: 7 })).toBe(80_000);
  });

  it('has a fee for a request where the provider has', () => {
    expect(cost('perplexity', 'sonar', { input: 1, output: 1 })).toBe(12_000_000 + 2_000);
  });
});

describe('a tier of service', () => {
  const own = createPricer({
    'openai/gpt-4o': override({ input: 2, output: 4, request: 1, serviceTiers: { priority: 1.75 } }),
  });

  it.each([
    ['openai', 'flex', 50],
    ['openai', 'batch', 50],
    ['groq', 'flex', 100],
  ])('of %s, %s, costs what is listed for it, in percent: %d', (provider, serviceTier, percent) => {
    const model = provider === 'groq' ? 'llama-3.3-70b-versatile' : 'gpt-4o';
    const buckets = { input: 1000, cacheRead: 1000, output: 100 };
    const listed = cost(provider, model, buckets) ?? Number.NaN;
    expect(cost(provider, model, { ...buckets, serviceTier })).toBe((listed * percent) / 100);
  });

  it.each(['priority', 'scale', 'constructor', 'new'])('%s has no price that is known', (serviceTier) => {
    expect(cost('openai', 'gpt-4o', { input: 1, serviceTier })).toBeNull();
  });

  it('costs what the operator says, and else what its provider takes', () => {
    const of = (serviceTier: string) => own('openai', 'gpt-4o', usage({ input: 1000, serviceTier }), AT);
    expect([of('priority'), of('flex'), of('scale')]).toEqual([1_753_500_000, 501_000_000, null]);
  });
});

describe('a price that is not known', () => {
  it.each([
    ['anthropic', 'claude-sonnet-5-5'],
    ['anthropic', 'claude-sonnet-4-5-turbo'],
    ['anthropic', 'gpt-4o'],
    ['openai', 'gpt-99'],
    ['openai', 'openai/gpt-4o'],
    ['openai', ''],
    ['openrouter', 'anthropic/claude-sonnet-4:online'],
    ['azure-openai', 'our-deployment'],
    ['gemini', 'gemini-2.5-pro-ultra'],
    ['ollama', 'llama3.2'],
    ['vllm', 'gpt-4o'],
    ['my-provider', 'gpt-4o'],
    ['constructor', 'gpt-4o'],
  ])('is null: %s %s', (provider, model) => expect(cost(provider, model, { input: 1 })).toBeNull());

  it('is null for what is not sold by tokens', () =>
    expect(cost('groq', 'whisper-large-v3', { input: 1 })).toBeNull());
});

describe('names of the same model', () => {
  it.each([
    ['openai', 'GPT-4o', 2500],
    ['openai', ' gpt-4o ', 2500],
    ['openai', 'gpt-4.1-2031-01-31', 2000],
    ['openai', 'gpt-4o-2024-05-13', 5000],
    ['openai', 'ft:gpt-4o-2024-08-06:acme:helper:AbC', 3750],
    ['anthropic', 'claude-sonnet-4-5@20250929', 3000],
    ['mistral', 'magistral-small-2509', 500],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 880],
    ['fireworks', 'accounts/fireworks/models/kimi-k3', 3000],
  ])('%s %s', (provider, model, nano) => expect(cost(provider, model, { input: 1 })).toBe(nano));
});

describe('prices that change', () => {
  it('hold from their first day', () => {
    const price = createPricer();
    const day = Date.UTC(2025, 5, 10);
    expect(price('openai', 'o3', usage({ input: 1 }), day - 1)).toBe(10_000);
    expect(price('openai', 'o3', usage({ input: 1 }), day)).toBe(2_000);
    expect(price('openai', 'o3', usage({ input: 1 }), day - 1)).toBe(10_000);
  });

  it('hold from their minute of the day', () => {
    const price = createPricer();
    const cheap = Date.UTC(2026, 0, 5, 16, 30);
    expect(price('deepseek', 'deepseek-chat', usage({ input: 1000 }), cheap - 1)).toBe(270_000);
    expect(price('deepseek', 'deepseek-chat', usage({ input: 1000 }), cheap)).toBe(135_000);
  });
});

/** What an operator wrote, the rest unsaid. */
const override = (price: Partial<PriceOverride> & { input: number; output: number }): PriceOverride => ({
  cacheRead: null,
  cacheWrite: null,
  cacheWrite1h: null,
  reasoning: null,
  audioInput: null,
  imageInput: null,
  audioOutput: null,
  imageOutput: null,
  request: null,
  webSearch: null,
  image: null,
  serviceTiers: {},
  tiers: [],
  ...price,
});

describe('an override', () => {
  const {
    request: _,
    webSearch: __,
    image: ___,
    serviceTiers: ____,
    tiers: _____,
    ...unsaid
  } = override({ input: 0, output: 0 });
  const tier = (above: number, prices: object) => ({
    ...unsaid,
    input: null,
    output: null,
    above,
    ...prices,
  });
  const price = createPricer({
    'openai/gpt-4o': override({ input: 0.1, output: 0.7, cacheRead: 0.000123 }),
    'local/qwen3/32b': override({ input: 0.1, output: 0.4, cacheWrite: 0.2 }),
    'ollama/free': override({ input: 0, output: 0 }),
    'local/all': override({
      input: 1,
      output: 2,
      reasoning: 3,
      audioInput: 10,
      imageInput: 20,
      audioOutput: 30,
      imageOutput: 40,
      request: 0.01,
      webSearch: 0.005,
    }),
    'local/tiers': override({
      input: 1,
      output: 2,
      cacheRead: 0.5,
      tiers: [tier(1000, { input: 8 }), tier(100, { input: 4, output: 6 })],
    }),
  });
  const none = { audioInput: 0, imageInput: 0, audioOutput: 0, imageOutput: 0, webSearches: 0, images: 0 };
  it.each([
    ['openai', 'gpt-4o', { input: 3, output: 3 }, 2400],
    ['openai', 'gpt-4o', { cacheRead: 1_000_000 }, 123_000],
    ['openai', 'gpt-4o-mini', { input: 1 }, 150],
    ['local', 'qwen3/32b', { cacheRead: 10, cacheWrite: 10, cacheWrite1h: 10 }, 5000],
    ['ollama', 'free', { input: 5 }, 0],
    ['local', 'all', { input: 1, output: 3, reasoning: 1 }, 10_000_000 + 1000 + 4000 + 3000],
    ['local', 'all', { input: 10, parts: { ...none, audioInput: 4, imageInput: 1 } }, 10_000_000 + 65_000],
    ['local', 'all', { output: 9, parts: { ...none, audioOutput: 2, imageOutput: 3 } }, 10_000_000 + 188_000],
    ['local', 'all', { parts: { ...none, webSearches: 3 } }, 10_000_000 + 15_000_000],
    ['local', 'tiers', { input: 100, output: 1 }, 102_000],
    ['local', 'tiers', { input: 100, cacheRead: 1, output: 1 }, 400_000 + 500 + 6000],
    ['local', 'tiers', { input: 1001, output: 1 }, 8_008_000 + 6000],
  ] as const)('%s %s %j', (provider, model, buckets, nano) => {
    expect(price(provider, model, usage(buckets), AT)).toBe(nano);
  });
});

describe('what is not text', () => {
  const none = { audioInput: 0, imageInput: 0, audioOutput: 0, imageOutput: 0, webSearches: 0, images: 0 };
  it.each([
    ['openai', 'gpt-audio', { input: 10, output: 10, parts: { ...none, audioInput: 4, audioOutput: 5 } }],
    ['gemini', 'gemini-2.5-flash', { input: 100, output: 10, parts: { ...none, audioInput: 50 } }],
    ['google', 'gemini-2.5-flash-image', { input: 9, output: 1290, parts: { ...none, imageOutput: 1290 } }],
    [
      'openai',
      'gpt-image-1.5',
      { input: 50, output: 500, parts: { ...none, imageInput: 20, imageOutput: 400 } },
    ],
    ['anthropic', 'claude-haiku-4-5', { input: 50, output: 5, parts: { ...none, webSearches: 3 } }],
    ['openai', 'gpt-4o', { input: 50, output: 5, parts: { ...none, imageInput: 20 } }],
  ] as const)('costs what the library says: %s %s', (provider, model, buckets) => {
    const of = usage(buckets);
    const { parts } = buckets;
    const theirs = calcPrice(
      {
        ...libraryUsage(of),
        input_audio_tokens: parts.audioInput,
        input_image_tokens: parts.imageInput,
        output_audio_tokens: parts.audioOutput,
        output_image_tokens: parts.imageOutput,
        web_searches: parts.webSearches,
      },
      model,
      {
        providerId: provider === 'openai' || provider === 'anthropic' ? provider : 'google',
        timestamp: new Date(AT),
      },
    );
    expect(cost(provider, model, buckets)).toBe(Math.round((theirs?.total_price ?? Number.NaN) * 1e9));
  });
});

describe('the whole list', () => {
  it('costs what the library says, to half a nano-dollar', () => {
    const wrong: string[] = [];
    let priced = 0;
    const price = createPricer();
    const sizes = [
      usage({ input: 1000, cacheRead: 500, cacheWrite: 70, cacheWrite1h: 30, output: 90, reasoning: 40 }),
      usage({ input: 300_000, cacheRead: 5, output: 9 }),
    ];
    for (const [ours, theirs] of [
      ['openai', 'openai'],
      ['anthropic', 'anthropic'],
      ['gemini', 'google'],
      ['xai', 'x-ai'],
      ['deepseek', 'deepseek'],
      ['mistral', 'mistral'],
      ['groq', 'groq'],
      ['perplexity', 'perplexity'],
    ] as const) {
      for (const { id } of findProvider({ providerId: theirs })?.models ?? []) {
        for (const each of sizes) {
          const nano = price(ours, id, each, AT);
          if (nano === null) continue;
          priced++;
          const total = calcPrice(libraryUsage(each), id, {
            providerId: theirs,
            timestamp: new Date(AT),
          })?.total_price;
          if (total === undefined || Math.abs(nano - total * 1e9) > 0.51)
            wrong.push(`${ours}/${id}: ${nano} for ${total}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(priced).toBeGreaterThan(400);
  });
});

/** The library counts all input as one and the rest as parts of it. */
function libraryUsage({ input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning }: Usage) {
  return {
    input_tokens: input + cacheRead + cacheWrite + cacheWrite1h,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite + cacheWrite1h,
    cache_write_1h_tokens: cacheWrite1h,
    output_tokens: output,
    output_reasoning_tokens: reasoning,
  };
}

describe('the text of a price', () => {
  it.each([
    [0, '0'],
    [1, '0.000000001'],
    [12_500, '0.0000125'],
    [1_000_000_000, '1'],
    [10_000_000_000, '10'],
    [1_230_000_000, '1.23'],
    [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
    [-1_500_000_000, '-1.5'],
  ])('%d: %s', (nano, text) => expect(formatUsd(nano)).toBe(text));
});
