import type { PriceOverride } from '../config/config.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';
import { listedPrice } from './price-data.ts';
import { priceFileVersion } from './price-file.ts';
import { costOf, listedTiers, overrideTiers, type Tiers } from './price-rates.ts';

/** What an attempt costs; null when no price is known, which is not the same as free. `at`: milliseconds since the epoch. */
export type Pricer = (providerId: string, model: string, usage: Usage, at: number) => NanoUsd | null;

/** By `provider/model`, the model as the provider calls it. US dollars per million tokens. */
export type PriceTable = Readonly<Record<string, PriceOverride>>;

/** Prices change by the day, and at some providers within it, but never within a minute. */
const MINUTE_MS = 60_000;
/** Clients choose the names, so what is remembered of them is bounded. */
const MAX_KNOWN = 2_000;

/** The model inside the gateway costs something, so that a newcomer sees costs. */
const SANDBOX = overrideTiers({
  input: 1,
  output: 2,
  cacheRead: 0.1,
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
});

/**
 * What providers take in a tier of service, of what they list. Where a tier's price differs from model to model, or is by
 * contract, there is none: OpenAI's and Anthropic's `priority`, OpenAI's `scale`, Groq's `performance`.
 * https://platform.openai.com/docs/guides/flex-processing ("priced at Batch API rates"),
 * https://platform.openai.com/docs/guides/batch, https://docs.claude.com/en/docs/build-with-claude/batch-processing,
 * https://console.groq.com/docs/flex-processing ("pricing matches the on-demand tier")
 */
const SERVICE_TIERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  openai: { flex: 0.5, batch: 0.5 },
  'azure-openai': { batch: 0.5 },
  anthropic: { batch: 0.5 },
  groq: { flex: 1 },
};

interface Known {
  readonly minute: number;
  /** Of the price file. */
  readonly version: number;
  readonly tiers: Tiers | null;
}

export function createPricer(overrides: PriceTable = {}): Pricer {
  const own = new Map(Object.entries(overrides).map(([name, price]) => [name, overrideTiers(price)]));
  const known = new Map<string, Known>();

  function tiersOf(providerId: string, model: string, at: number): Tiers | null {
    const name = `${providerId}/${model}`;
    const override = own.get(name);
    if (override !== undefined) return override;
    if (providerId === 'sandbox') return SANDBOX;
    const minute = Math.floor(at / MINUTE_MS);
    const entry = known.get(name);
    const version = priceFileVersion();
    if (entry?.minute === minute && entry.version === version) return entry.tiers;
    if (known.size >= MAX_KNOWN) known.clear();
    const price = listedPrice(providerId, model, at);
    const tiers = price === null ? null : listedTiers(price);
    known.set(name, { minute, version, tiers });
    return tiers;
  }

  return function price(providerId, model, usage, at) {
    const tiers = tiersOf(providerId, model, at);
    const share = shareOf(providerId, model, usage.serviceTier);
    return tiers === null || share === null ? null : costOf(usage, tiers, share);
  };

  function shareOf(providerId: string, model: string, tier: string | undefined): number | null {
    if (tier === undefined) return 1;
    const named = overrides[`${providerId}/${model}`]?.serviceTiers ?? {};
    return valueAt(named, tier) ?? valueAt(SERVICE_TIERS[providerId] ?? {}, tier);
  }
}

/** A provider chooses the name. */
function valueAt(shares: Readonly<Record<string, number>>, name: string): number | null {
  return Object.hasOwn(shares, name) ? (shares[name] ?? null) : null;
}

/** A decimal string of US dollars: no exponent, no zeros at the end. */
export function formatUsd(nano: NanoUsd): string {
  const digits = String(Math.abs(nano)).padStart(10, '0');
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
  return nano < 0 ? `-${text}` : text;
}
