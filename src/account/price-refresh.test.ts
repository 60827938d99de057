import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createScriptedFetch, type ScriptedReply } from '../../adapters/memory/fetch.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createPricer } from './price.ts';
import { takePriceFile } from './price-file.ts';
import { createPriceRefresh } from './price-refresh.ts';

const HOUR_MS = 3_600_000;
const AT = Date.UTC(2026, 9, 1);
const USAGE = {
  input: 1_000_000,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};

function provider(id: string, model: string, input: unknown) {
  return {
    id,
    name: id,
    api_pattern: `https://${id}\\.example`,
    models: [{ id: model, match: { equals: model }, prices: { input_mtok: input, output_mtok: 1 } }],
  };
}

/** With one model of OpenAI's, at so many dollars per million tokens. */
const priceFile = (input: unknown) =>
  JSON.stringify([provider('openai', 'gpt-new', input), provider('anthropic', 'claude-new', 1)]);

function rig(url: string | null = 'https://prices.example/data.json') {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const script: { reply: ScriptedReply } = { reply: { status: 200, body: priceFile(1) } };
  const asked: (string | undefined)[] = [];
  const fetch = createScriptedFetch(({ headers }) => {
    asked.push(headers['if-none-match']);
    return script.reply;
  });
  const metrics = createMemoryMetrics();
  const refresh = createPriceRefresh({
    fetch,
    clock,
    logger,
    metrics,
    settings: () => ({ url, everyMs: HOUR_MS }),
  });
  return { clock, logger, script, asked, refresh };
}

describe('the price of a call, in a pricer that was there before', () => {
  const price = createPricer();
  const dollars = (model = 'gpt-new') => (price('openai', model, USAGE, AT) ?? Number.NaN) / 1e9;

  it('is the new one as soon as newer prices are taken', async () => {
    const { refresh, script, clock } = rig();
    expect(dollars()).toBeNaN();
    await refresh();
    expect(dollars()).toBe(1);
    script.reply = { status: 200, body: priceFile({ base: 2, tiers: [{ start: 200_000, price: 3 }] }) };
    await clock.advance(2 * HOUR_MS);
    await refresh();
    expect(dollars()).toBe(3);
  });

  it.each<[string, ScriptedReply]>([
    ['no JSON', { status: 200, body: '<html>' }],
    ['another shape', { status: 200, body: '{"models":[]}' }],
    ['prices below zero', { status: 200, body: priceFile(-1) }],
    ['prices as text', { status: 200, body: priceFile('1') }],
    ['a provider less', { status: 200, body: JSON.stringify([provider('openai', 'gpt-new', 1)]) }],
    [
      'a constraint that nobody knows',
      {
        status: 200,
        body: priceFile(1).replace(
          '"prices":{"input_mtok":1,"output_mtok":1}',
          '"prices":[{"constraint":{"moon":"full"},"prices":{"input_mtok":9}}]',
        ),
      },
    ],
    ['an error of the server', { status: 500, body: priceFile(9) }],
  ])('stays as it was after %s, and is asked for again soon', async (_, reply) => {
    takePriceFile(priceFile(7));
    const { refresh, script, clock, logger } = rig();
    script.reply = reply;
    await refresh();
    expect(dollars()).toBe(7);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(refresh()).toBeNull();
    await clock.advance(301_000);
    script.reply = { status: 200, body: priceFile(8) };
    await refresh();
    expect(dollars()).toBe(8);
  });
});

describe('newer prices', () => {
  it('are fetched when it is time, and not twice for the same file', async () => {
    const { refresh, asked, script, clock } = rig();
    script.reply = { status: 200, headers: { etag: '"1"' }, body: priceFile(1) };
    await refresh();
    expect(refresh()).toBeNull();
    await clock.advance(0.8 * HOUR_MS);
    expect(refresh()).toBeNull();
    await clock.advance(0.4 * HOUR_MS);
    script.reply = { status: 304 };
    await refresh();
    expect(asked).toEqual([undefined, '"1"']);
  });

  it('are not fetched where nobody says from where', () => {
    const { refresh, asked } = rig(null);
    expect(refresh()).toBeNull();
    expect(asked).toEqual([]);
  });
});
