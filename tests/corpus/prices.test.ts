import { calcPrice, type ModelPrice } from '@pydantic/genai-prices';
import { expect, it } from 'vitest';
import { createPricer } from '../../src/account/price.ts';
import { createStreamReader } from '../../src/account/stream-usage/stream-reader.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { Dialect } from '../../src/domain/dialect.ts';
import type { Usage } from '../../src/domain/usage.ts';
import { usageFromReply } from '../../src/usage/from-reply.ts';
import { type Api, describeWithCorpus, type Exchange, exchanges } from '../support/corpus.ts';

type Counts = Readonly<Record<string, unknown>>;

const DIALECTS: Partial<Record<Api, Dialect>> = {
  'openai.chat': 'openai-chat',
  'openai.responses': 'openai-responses',
  'openai.embeddings': 'openai-embeddings',
  'openai.completions': 'openai-completions',
  'anthropic.messages': 'anthropic-messages',
};
/** The corpus names providers by their hosts, the catalogue and the price data each in their own way. */
const CATALOGUE: Readonly<Record<string, string>> = { azure: 'azure-openai', google: 'gemini' };
const DATA: Readonly<Record<string, string>> = { xai: 'x-ai' };
const AT = Date.UTC(2026, 9, 1, 12);
/** All arithmetic of this file is in integers of 1e-15 dollars. */
const FEMTO_PER_NANO = 1_000_000n;

describeWithCorpus('the price of recorded answers', () => {
  it('is what their usage says, worked out by other means', () => {
    const price = createPricer();
    const wrong: string[] = [];
    const priority: (number | null)[] = [];
    const seen = { priced: 0, cached: 0, written: 0, reasoning: 0, searched: 0, audio: 0 };
    for (const exchange of exchanges()) {
      const counts = countsOf(exchange);
      const usage = usageOf(exchange);
      if (exchange.response.status !== 200 || counts === null || usage === null) continue;
      const model = String(exchange.request.body.model);
      const nano = price(CATALOGUE[exchange.provider] ?? exchange.provider, model, usage, AT);
      if (usage.serviceTier === 'priority') priority.push(nano);
      if (nano === null) continue;
      const expected = expectedNano(exchange, model, counts);
      seen.priced++;
      if (usage.cacheRead > 0) seen.cached++;
      if (usage.cacheWrite + usage.cacheWrite1h > 0) seen.written++;
      if (usage.reasoning > 0) seen.reasoning++;
      if ((usage.parts?.webSearches ?? 0) > 0) seen.searched++;
      if ((usage.parts?.audioInput ?? 0) + (usage.parts?.audioOutput ?? 0) > 0) seen.audio++;
      if (expected !== BigInt(nano))
        wrong.push(
          `${exchange.id} ${exchange.provider}/${model}: ${nano} for ${expected} (${JSON.stringify(counts)})`,
        );
    }
    console.log(`prices checked: ${JSON.stringify(seen)}`);
    expect(wrong).toEqual([]);
    // What it costs differs from model to model, and no list has it.
    expect(new Set(priority)).toEqual(new Set([null]));
    expect(seen.priced).toBeGreaterThan(150);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });
});

function usageOf({ api, response }: Exchange): Usage | null {
  const dialect = DIALECTS[api];
  if (dialect === undefined) return null;
  if (response.sse === undefined) return usageFromReply(dialect, response.body as JsonObject);
  const reader = createStreamReader(dialect);
  for (const line of response.sse.split(/\r\n|\n|\r/)) reader.line(line);
  return reader.state() === 'finished' ? reader.usage() : null;
}

/** What the answer says, later counts of a stream in place of earlier ones. */
function countsOf({ response }: Exchange): Counts | null {
  if (response.sse === undefined) return asCounts(response.body?.usage);
  const events = response.sse.split(/(?:\r\n|\n|\r){2}/).flatMap((event) => {
    const data = /^data: ?(.*)$/m.exec(event.replaceAll('\r', ''))?.[1];
    return data?.startsWith('{') ? [JSON.parse(data) as Counts] : [];
  });
  const told = events.flatMap((event) =>
    [event, asCounts(event.message), asCounts(event.response)].flatMap((each) => asCounts(each?.usage) ?? []),
  );
  return told.length === 0 ? null : Object.assign({}, ...told);
}

/** From the counts as they were sent and the list's prices, digit by digit. */
function expectedNano({ api, provider }: Exchange, model: string, counts: Counts): bigint {
  const lines = api === 'anthropic.messages' ? anthropicLines(counts) : openAILines(api, counts);
  const rates = ratesOf(DATA[provider] ?? provider, model);
  const whole = lines.filter(({ isInput }) => isInput).reduce((sum, { count }) => sum + count, 0);
  const femto = lines.reduce((sum, { count, names }) => {
    const [rate] = names.flatMap((name) => (rates[name] === undefined ? [] : [rates[name]]));
    return sum + BigInt(count) * femtoOf(priceFor(rate, whole), names[0] ?? '');
  }, 0n);
  return (
    (femto + femtoOf(priceFor(rates.requests_kcount, whole), 'requests_kcount') + FEMTO_PER_NANO / 2n) /
    FEMTO_PER_NANO
  );
}

interface Line {
  readonly count: number;
  /** Of prices; the first that the list has counts. */
  readonly names: readonly string[];
  readonly isInput: boolean;
}

const input = (count: number, ...names: string[]): Line => ({
  count,
  names: [...names, 'input_mtok'],
  isInput: true,
});
const output = (count: number, ...names: string[]): Line => ({
  count,
  names: [...names, 'output_mtok'],
  isInput: false,
});

function anthropicLines(counts: Counts): Line[] {
  const hour = at(counts, 'cache_creation.ephemeral_1h_input_tokens');
  return [
    input(at(counts, 'input_tokens')),
    input(at(counts, 'cache_read_input_tokens'), 'cache_read_mtok'),
    input(at(counts, 'cache_creation_input_tokens') - hour, 'cache_write_mtok'),
    input(hour, 'cache_write_1h_mtok', 'cache_write_mtok'),
    output(at(counts, 'output_tokens')),
    {
      count: at(counts, 'server_tool_use.web_search_requests'),
      names: ['web_searches_kcount'],
      isInput: false,
    },
  ];
}

function openAILines(api: Api, counts: Counts): Line[] {
  const [prompt, completion] = api === 'openai.responses' ? ['input', 'output'] : ['prompt', 'completion'];
  const all = at(counts, `${prompt}_tokens`);
  const cached = Math.min(
    all,
    at(counts, `${prompt}_tokens_details.cached_tokens`) || at(counts, 'prompt_cache_hit_tokens'),
  );
  const audioIn = at(counts, `${prompt}_tokens_details.audio_tokens`);
  const audioOut = at(counts, `${completion}_tokens_details.audio_tokens`);
  const reasoning = at(counts, `${completion}_tokens_details.reasoning_tokens`);
  // All that is no input was generated; where the total leaves reasoning out, it is more than that.
  const told = at(counts, 'total_tokens') - all;
  const generated = reasoning > told ? told + reasoning : told;
  return [
    input(all - cached - audioIn),
    input(audioIn, 'input_audio_mtok'),
    input(cached, 'cache_read_mtok'),
    output(generated - reasoning - audioOut),
    output(reasoning, 'output_reasoning_mtok'),
    output(audioOut, 'output_audio_mtok'),
  ];
}

function ratesOf(providerId: string, model: string): ModelPrice {
  const options = { providerId, timestamp: new Date(AT) };
  const name = model.toLowerCase();
  const found =
    calcPrice({}, name, options) ?? calcPrice({}, name.replace(/[-@](?:[\d-]+|latest)$/, ''), options);
  if (found === null) throw new Error(`no list has ${providerId}/${model}`);
  return found.model_price;
}

function priceFor(rate: ModelPrice[string], whole: number): number {
  if (rate === undefined) return 0;
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ start }) => whole > start)?.price ?? rate.base;
}

/** A list price as 1e-15 dollars for each. It is a decimal number: its digits are taken, not its bits. */
function femtoOf(price: number, name: string): bigint {
  const [whole = '0', fraction = ''] = price.toFixed(9).split('.');
  const nanoDollars = BigInt(whole + fraction);
  return name.endsWith('_kcount') ? nanoDollars * 1000n : nanoDollars;
}

function asCounts(value: unknown): Counts | null {
  return typeof value === 'object' && value !== null ? (value as Counts) : null;
}

/** The number at the end of a path, 0 where there is none. */
function at(counts: Counts, path: string): number {
  const value = path.split('.').reduce<unknown>((inner, key) => asCounts(inner)?.[key], counts);
  return typeof value === 'number' ? value : 0;
}
