import { expect, it } from 'vitest';
import { createPricer } from '../../src/account/price.ts';
import { createStreamReader } from '../../src/account/stream-usage/stream-reader.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { Dialect } from '../../src/domain/dialect.ts';
import type { Usage, UsageParts } from '../../src/domain/usage.ts';
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
/** The corpus names providers by their hosts, the catalogue by its ids. */
const PROVIDER_IDS: Readonly<Record<string, string>> = { azure: 'azure-openai', google: 'gemini' };
const AT = Date.UTC(2026, 9, 1, 12);

/** Without the tier of service, which is no count. */
function countsOfReply(exchange: Exchange): Usage | null {
  const usage = usageOfReply(exchange);
  if (usage === null) return null;
  const { serviceTier: _, ...counts } = usage;
  return counts;
}

describeWithCorpus('the usage of recorded answers', () => {
  const answers = exchanges().filter(
    ({ api, response }) => DIALECTS[api] !== undefined && response.status === 200,
  );
  const replies = answers.filter(({ response }) => response.sse === undefined);
  const streams = answers.filter(({ response }) => response.sse !== undefined);

  it('is there to be read', () => {
    expect(replies.length).toBeGreaterThan(100);
    expect(streams.length).toBeGreaterThan(100);
    expect(new Set(answers.map(({ api }) => api)).size).toBe(5);
  });

  it('is what the JSON answers say', () => {
    expect(differing(replies, countsOfReply, tellingOfReply)).toEqual([]);
  });

  it('is what the streams say', () => {
    expect(differing(streams, (exchange) => readStream(exchange).usage(), tellingOfStream)).toEqual([]);
  });

  it('ends every stream as it was recorded', () => {
    const open = streams.filter((exchange) => readStream(exchange).state() !== recordedEnd(exchange));
    expect(open.map(({ id, provider }) => `${id} (${provider})`)).toEqual([]);
    expect(streams.filter((exchange) => recordedEnd(exchange) === 'finished').length).toBeGreaterThan(100);
  });

  it('never ends a stream before its last events', () => {
    const early = streams.filter(
      (exchange) => readLines(exchange, linesOf(exchange).slice(0, 2)).state() !== 'open',
    );
    expect(early.map(({ id, provider }) => `${id} (${provider})`)).toEqual([]);
  });

  it('has an estimate that is near enough where it is needed', () => {
    const ratios = streams.flatMap((exchange) => {
      const reader = readStream(exchange);
      const { output = 0, reasoning = 0 } = reader.usage() ?? {};
      // Reasoning that is not shown leaves no deltas to count.
      return output - reasoning > 50 && reasoning === 0 ? [reader.estimatedOutput() / output] : [];
    });
    ratios.sort((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
    console.log(
      `estimated output, of ${ratios.length} streams: median ${median.toFixed(2)} of what was told`,
    );
    expect(ratios.length).toBeGreaterThan(10);
    expect(median).toBeGreaterThan(0.5);
    expect(median).toBeLessThan(2);
  });

  it('has a price for most', () => {
    const price = createPricer();
    const unpriced = new Map<string, number>();
    let priced = 0;
    for (const exchange of answers) {
      const usage =
        exchange.response.sse === undefined ? usageOfReply(exchange) : readStream(exchange).usage();
      if (usage === null) continue;
      const provider = PROVIDER_IDS[exchange.provider] ?? exchange.provider;
      const name = `${provider}/${modelOf(exchange)}`;
      if (price(provider, modelOf(exchange), usage, AT) === null)
        unpriced.set(name, (unpriced.get(name) ?? 0) + 1);
      else priced++;
    }
    const without = [...unpriced.values()].reduce((sum, count) => sum + count, 0);
    console.log(`priced ${priced}, unpriced ${without}: ${[...unpriced.keys()].toSorted().join(', ')}`);
    expect(priced).toBeGreaterThan(without);
  });
});

function modelOf({ request }: Exchange): string {
  return String(request.body.model);
}

function dialectOf({ api }: Exchange): Dialect {
  return DIALECTS[api] ?? 'openai-chat';
}

function usageOfReply(exchange: Exchange): Usage | null {
  return usageFromReply(dialectOf(exchange), exchange.response.body as JsonObject);
}

function readStream(exchange: Exchange) {
  return readLines(exchange, linesOf(exchange));
}

function readLines(exchange: Exchange, lines: readonly string[]) {
  const reader = createStreamReader(dialectOf(exchange));
  for (const line of lines) reader.line(line);
  return reader;
}

function linesOf({ response }: Exchange): string[] {
  return (response.sse ?? '').split(/\r\n|\n|\r/);
}

/** Where what was read is not what the recording tells, worked out here by other means. */
function differing(
  all: readonly Exchange[],
  read: (exchange: Exchange) => Usage | null,
  telling: (exchange: Exchange) => Counts | null,
): string[] {
  return all.flatMap((exchange) => {
    const counts = telling(exchange);
    const expected = counts === null ? null : expectedUsage(exchange.api, counts);
    const actual = read(exchange);
    if (JSON.stringify(sorted(actual)) === JSON.stringify(sorted(expected))) return [];
    return [`${exchange.id} (${exchange.provider}): ${JSON.stringify(actual)} for ${JSON.stringify(counts)}`];
  });
}

function sorted(usage: Usage | null) {
  return usage === null ? null : Object.entries(usage).toSorted(([a], [b]) => a.localeCompare(b));
}

function tellingOfReply({ response }: Exchange): Counts | null {
  return asCounts(response.body?.usage);
}

/** What the events tell, all of them parsed: later counts replace earlier ones. */
function tellingOfStream(exchange: Exchange): Counts | null {
  const told = eventsOf(exchange).flatMap((event) =>
    [event, asCounts(event.message), asCounts(event.response)].flatMap((each) => asCounts(each?.usage) ?? []),
  );
  return told.length === 0 ? null : Object.assign({}, ...told);
}

function eventsOf({ response }: Exchange): Counts[] {
  return (response.sse ?? '').split(/(?:\r\n|\n|\r){2}/).flatMap((event) => {
    const data = /^data: ?(.*)$/m.exec(event.replaceAll('\r', ''))?.[1];
    return data?.startsWith('{') ? [JSON.parse(data) as Counts] : [];
  });
}

function asCounts(value: unknown): Counts | null {
  return typeof value === 'object' && value !== null ? (value as Counts) : null;
}

/** The number at the end of a path, 0 where there is none. */
function at(counts: Counts, path: string): number {
  const value = path.split('.').reduce<unknown>((inner, key) => asCounts(inner)?.[key], counts);
  return typeof value === 'number' ? value : 0;
}

function expectedUsage(api: Api, counts: Counts): Usage {
  return api === 'anthropic.messages' ? expectedAnthropic(counts) : expectedOpenAI(api, counts);
}

function expectedAnthropic(counts: Counts): Usage {
  const hour = at(counts, 'cache_creation.ephemeral_1h_input_tokens');
  return {
    input: at(counts, 'input_tokens'),
    cacheRead: at(counts, 'cache_read_input_tokens'),
    cacheWrite: at(counts, 'cache_creation_input_tokens') - hour,
    cacheWrite1h: hour,
    output: at(counts, 'output_tokens'),
    reasoning: at(counts, 'output_tokens_details.thinking_tokens'),
    estimated: false,
    ...partsOf({ webSearches: at(counts, 'server_tool_use.web_search_requests') }),
  };
}

/**
 * All that is no input is output, by the total: so reasoning is in it wherever the provider counts it, but for those
 * that count it nowhere (Gemini behind Vercel's gateway: the recorded cost is that of output and reasoning).
 */
function expectedOpenAI(api: Api, counts: Counts): Usage {
  const [input, output] = api === 'openai.responses' ? ['input', 'output'] : ['prompt', 'completion'];
  const all = at(counts, `${input}_tokens`);
  const cacheRead = Math.min(all, at(counts, `${input}_tokens_details.cached_tokens`));
  const reasoning = at(counts, `${output}_tokens_details.reasoning_tokens`);
  const generated = at(counts, 'total_tokens') - all;
  return {
    input: all - cacheRead,
    cacheRead,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: reasoning > generated ? generated + reasoning : generated,
    reasoning,
    estimated: false,
    ...partsOf({
      audioInput: at(counts, `${input}_tokens_details.audio_tokens`),
      // What of the images was cached is told nowhere.
      imageInput: Math.min(all - cacheRead, at(counts, `${input}_tokens_details.image_tokens`)),
      audioOutput: at(counts, `${output}_tokens_details.audio_tokens`),
      imageOutput: at(counts, `${output}_tokens_details.image_tokens`),
    }),
  };
}

function partsOf(told: Partial<UsageParts>): Pick<Usage, 'parts'> {
  if (Object.values(told).every((count) => count === 0)) return {};
  return {
    parts: {
      audioInput: 0,
      imageInput: 0,
      audioOutput: 0,
      imageOutput: 0,
      webSearches: 0,
      images: 0,
      ...told,
    },
  };
}

function recordedEnd(exchange: Exchange): 'open' | 'finished' | 'failed' {
  const sse = exchange.response.sse ?? '';
  const types = eventsOf(exchange).map(({ type }) => type);
  if (types.includes('error') || types.includes('response.failed')) return 'failed';
  if (eventsOf(exchange).some(({ error }) => asCounts(error) !== null)) return 'failed';
  switch (exchange.api) {
    case 'anthropic.messages':
      return types.includes('message_stop') ? 'finished' : 'open';
    case 'openai.responses':
      return types.some((type) => type === 'response.completed' || type === 'response.incomplete')
        ? 'finished'
        : 'open';
    default:
      return sse.includes('[DONE]') || /"finish_reason": ?"/.test(sse) ? 'finished' : 'open';
  }
}
