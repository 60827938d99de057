import { describe, expect, it } from 'vitest';
import type { RouteTarget } from '../../domain/plan.ts';
import { asks, callOf, seeded, statsOf, targetOf } from '../testing.ts';
import { createCost } from './cost.ts';
import { createLatency } from './latency.ts';
import { createLeastBusy } from './least-busy.ts';
import { priority } from './priority.ts';
import { sticky } from './sticky.ts';
import type { Strategy } from './strategy.ts';
import { createWeighted } from './weighted.ts';

const ordering = { tenant: 'acme', call: callOf(asks('Hello')) };
const ids = (targets: readonly RouteTarget[]) => targets.map(({ id }) => id);
const [a, b, c] = [targetOf('openai/a'), targetOf('groq/b'), targetOf('mistral/c')];
const all = [a, b, c];

/** How often each target comes first, of 1. */
function shares(strategy: Strategy, targets: readonly RouteTarget[], orderings = [ordering]): number[] {
  const runs = 20_000;
  const firsts = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const first = strategy(targets, orderings[run % orderings.length] ?? ordering)[0]?.id ?? '';
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  return targets.map(({ id }) => (firsts.get(id) ?? 0) / runs);
}

describe('priority', () => {
  it('keeps the list as it is', () => expect(ids(priority(all, ordering))).toEqual(ids(all)));
});

describe('weighted', () => {
  it('puts targets first as often as they weigh, and has all of them', () => {
    const weighted = createWeighted(seeded(1));
    const targets = [
      { ...a, weight: 5 },
      { ...b, weight: 3 },
      { ...c, weight: 2 },
    ];
    const [first = 0, second = 0, third = 0] = shares(weighted, targets);
    expect(first).toBeCloseTo(0.5, 1);
    expect(second).toBeCloseTo(0.3, 1);
    expect(third).toBeCloseTo(0.2, 1);
    expect(ids(weighted(targets, ordering)).toSorted()).toEqual(ids(all).toSorted());
  });

  it('gives an order that the scores tell', () => {
    const scores = createWeighted(seeded(2))(all, ordering).map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => one - other));
  });
});

describe('least-busy', () => {
  it('counts calls under way by weight', () => {
    const stats = statsOf({
      'openai/a': { inFlight: 6 },
      'groq/b': { inFlight: 4 },
      'mistral/c': { inFlight: 5 },
    });
    const targets = [{ ...a, weight: 2 }, b, c];
    expect(ids(createLeastBusy(stats, seeded(1))(targets, ordering))).toEqual([
      'openai/a',
      'groq/b',
      'mistral/c',
    ]);
  });

  it('spreads calls over idle targets', () => {
    for (const share of shares(createLeastBusy(statsOf({}), seeded(1)), all))
      expect(share).toBeCloseTo(1 / 3, 1);
  });
});

describe('latency', () => {
  const stats = statsOf({
    'openai/a': { latencyMs: 900 },
    'groq/b': { latencyMs: 100 },
    'mistral/c': { latencyMs: 300 },
  });

  it('prefers the better of two, so that the worst only comes first to be looked at', () => {
    const [worst = 1, best = 0, middle = 0] = shares(createLatency(stats, seeded(3)), all);
    expect(best).toBeCloseTo(2 / 3, 1);
    expect(middle).toBeCloseTo(1 / 3, 1);
    expect(worst).toBeGreaterThan(0.001);
    expect(worst).toBeLessThan(0.01);
  });

  it('has the others behind it, the fastest first', () => {
    const latency = createLatency(stats, () => 0.99);
    expect(ids(latency(all, ordering)).slice(1)).toEqual(expect.arrayContaining(['openai/a']));
    expect(ids(latency(all, ordering)).at(-1)).toBe('openai/a');
  });

  it('counts calls under way, and tries what it does not know', () => {
    const busy = statsOf({ 'openai/a': { latencyMs: 100, inFlight: 9 }, 'groq/b': { latencyMs: 300 } });
    expect(ids(createLatency(busy, () => 0.99)([a, b], ordering))).toEqual(['groq/b', 'openai/a']);
    const unknown = statsOf({ 'openai/a': { latencyMs: 100, inFlight: 1 } });
    expect(ids(createLatency(unknown, () => 0.99)([a, b], ordering))).toEqual(['groq/b', 'openai/a']);
  });

  it('leaves a target alone whose breaker is open, while there are others', () => {
    const open = statsOf({ 'openai/a': { latencyMs: 1, standing: 'open' }, 'groq/b': { latencyMs: 900 } });
    expect(shares(createLatency(open, seeded(5)), [a, b])).toEqual([0, 1]);
    const allOpen = statsOf({ 'openai/a': { standing: 'open' }, 'groq/b': { standing: 'open' } });
    expect(createLatency(allOpen, seeded(5))([a, b], ordering)).toHaveLength(2);
  });
});

describe('cost', () => {
  const usd = (rates: Record<string, [input: number, cached: number, output: number]>) =>
    createCost((provider, model, { input, cacheRead, output }) => {
      const rate = rates[`${provider}/${model}`];
      return rate === undefined ? null : input * rate[0] + cacheRead * rate[1] + output * rate[2];
    });

  it('takes the cheapest, and unknown prices last', () => {
    const strategy = usd({ 'groq/b': [2, 2, 2], 'mistral/c': [1, 1, 1] });
    const ordered = strategy(all, ordering);
    expect(ids(ordered)).toEqual(['mistral/c', 'groq/b', 'openai/a']);
    expect(ordered.at(-1)).toMatchObject({
      score: Number.POSITIVE_INFINITY,
      reason: 'its price is not known',
    });
  });

  it('weighs input and output as the call has them', () => {
    const strategy = usd({ 'openai/a': [1, 1, 10], 'groq/b': [5, 5, 5] });
    const long = { ...ordering, call: callOf(asks('word '.repeat(4000), { max_tokens: 10 })) };
    expect(ids(strategy([a, b], ordering))).toEqual(['groq/b', 'openai/a']);
    expect(ids(strategy([a, b], long))).toEqual(['openai/a', 'groq/b']);
  });

  it('counts on the prompt cache for what was said before', () => {
    const strategy = usd({ 'openai/a': [10, 1, 0], 'groq/b': [6, 6, 0] });
    const text = 'word '.repeat(4000);
    const turns = [
      { role: 'user', content: text },
      { role: 'assistant', content: 'Yes' },
      { role: 'user', content: 'Go on' },
    ];
    expect(ids(strategy([a, b], { ...ordering, call: callOf(asks(text)) }))).toEqual(['groq/b', 'openai/a']);
    const further = callOf({ model: 'smart', messages: turns });
    expect(ids(strategy([a, b], { ...ordering, call: further }))).toEqual(['openai/a', 'groq/b']);
  });
});

describe('sticky', () => {
  const first = { role: 'user', content: 'What is a gateway?' };
  const turn = (...more: object[]) => ({
    tenant: 'acme',
    call: callOf({ model: 'smart', messages: [first, ...more] as never }),
  });

  it('keeps a conversation with its target, and its second one', () => {
    const later = turn({ role: 'assistant', content: 'A door.' }, { role: 'user', content: 'And a router?' });
    expect(ids(sticky(all, later))).toEqual(ids(sticky(all, turn())));
  });

  it('finds the same target for text alone and in parts', () => {
    const chat = callOf({ model: 'm', messages: [{ role: 'system', content: 'Be brief' }, first] });
    const parts = { role: 'user', content: [{ type: 'text', text: 'What is a gateway?' }] };
    const other = callOf({ model: 'm', messages: [{ role: 'system', content: 'Be brief' }, parts] });
    expect(ids(sticky(all, { tenant: 't', call: chat }))).toEqual(
      ids(sticky(all, { tenant: 't', call: other })),
    );
  });

  const conversations = Array.from({ length: 2000 }, (_, index) => ({
    tenant: 'acme',
    call: callOf(asks(`Question ${index}`)),
  }));

  it('spreads conversations by weight', () => {
    const [one = 0, two = 0] = shares(sticky, [{ ...a, weight: 3 }, b], conversations);
    expect(one).toBeCloseTo(0.75, 1);
    expect(two).toBeCloseTo(0.25, 1);
  });

  it('moves no conversation but those of a target that goes', () => {
    const moved = conversations.filter((ordering) => {
      const [before] = sticky(all, ordering);
      const [after] = sticky([a, b], ordering);
      return before?.id !== 'mistral/c' && before?.id !== after?.id;
    });
    expect(moved).toEqual([]);
  });

  it('tells tenants apart', () => {
    const orders = new Set(
      Array.from({ length: 50 }, (_, index) =>
        ids(sticky(all, { tenant: `t${index}`, call: callOf(asks('Hi')) })).join(),
      ),
    );
    expect(orders.size).toBeGreaterThan(3);
  });
});
