import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/domain/plan.ts';
import { plan } from '../support/attempts-rig.ts';
import {
  extraCalls,
  oracle,
  perSecond,
  quantile,
  type Simulation,
  type SimulationResult,
  share,
  simulate,
} from './simulate.ts';
import type { Phase, SimulatedProvider } from './world.ts';

const CALLS_PER_SECOND = 20;
const DEADLINE_MS = 20_000;

const phase = (from: number, to: number, does: Phase['does']): Phase => ({ from, to, does });

/** Every kind of trouble, at times of several providers together, once of all. */
const TROUBLED = {
  a: {
    firstTokenMs: 300,
    phases: [
      phase(30, 60, { kind: 'fails' }),
      phase(100, 130, { kind: 'limits', perSecond: 5, retryAfter: 5 }),
      phase(170, 200, { kind: 'hangs' }),
      phase(240, 250, { kind: 'refuses' }),
      phase(280, 310, { kind: 'brown-out', rate: 0.3, slower: 2 }),
    ],
  },
  b: {
    firstTokenMs: 500,
    phases: [
      phase(50, 70, { kind: 'refuses' }),
      phase(110, 140, { kind: 'brown-out', rate: 0.3, slower: 3 }),
      phase(180, 195, { kind: 'limits', perSecond: 3, retryAfter: 2 }),
      phase(240, 255, { kind: 'fails' }),
    ],
  },
  c: {
    firstTokenMs: 800,
    phases: [
      phase(120, 135, { kind: 'hangs' }),
      phase(240, 250, { kind: 'fails' }),
      phase(300, 320, { kind: 'refuses' }),
    ],
  },
} satisfies Simulation['providers'];

function run(seed: number, more: Partial<Simulation> = {}, route: Partial<Route> = {}) {
  return simulate({
    seed,
    providers: TROUBLED,
    plan: plan(['a/model', 'b/model', 'c/model'], { maxAttempts: 4, ...route }),
    seconds: 340,
    callsPerSecond: CALLS_PER_SECOND,
    deadlineMs: DEADLINE_MS,
    processes: 2,
    ...more,
  });
}

function providerOf({ providers }: SimulationResult, id: string): SimulatedProvider {
  const provider = providers.get(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  return provider;
}

describe.each([1, 2, 3])('thousands of calls over providers in trouble, seed %i', (seed) => {
  it('are answered as often as by one who knows all, in time, without multiplying load', async () => {
    const result = await run(seed);
    const { calls, providers } = result;
    expect(calls.length).toBeGreaterThan(6_000);

    const best = oracle(result);
    const success = share(calls, ({ ok }) => ok);
    const p99 = quantile(
      calls.map(({ ms }) => ms),
      0.99,
    );
    console.log(`seed ${seed}: oracle ${best.toFixed(4)}, success ${success.toFixed(4)}, p99 ${p99 | 0} ms`);
    expect(best).toBeLessThan(1);
    expect(success).toBeGreaterThanOrEqual(best - 0.005);
    expect(p99).toBeLessThan(DEADLINE_MS);

    for (const [id, provider] of providers) {
      const { first, extra } = extraCalls(provider);
      console.log(`  ${id}: ${first} requests, ${extra} calls beyond them, ${provider.relapses} relapses`);
      expect(extra).toBeLessThanOrEqual(0.2 * first);
      expect(provider.relapses).toBe(0);
    }
  });
});

describe('a provider in an outage', () => {
  const one = { a: { firstTokenMs: 300, phases: [phase(30, 60, { kind: 'fails' as const })] } };
  const well = { firstTokenMs: 500, phases: [] };

  it('is spared, but for probes, and gets its calls back slowly', async () => {
    const result = await run(4, { providers: { ...one, b: well }, plan: plan(['a/m', 'b/m']), seconds: 100 });
    const provider = providerOf(result, 'a');
    const outage = perSecond(provider, 32, 60);
    expect(outage.reduce((sum, calls) => sum + calls, 0)).toBeLessThan(30);
    const back = perSecond(provider, 60, 100);
    const firstBack = back.findIndex((calls) => calls > 2);
    // Each process comes back by itself, from a tenth of its calls.
    for (const calls of back.slice(0, firstBack + 3)) expect(calls).toBeLessThan(CALLS_PER_SECOND * 0.6);
    expect(quantile(back.slice(-10), 0.5)).toBeGreaterThan(CALLS_PER_SECOND * 0.7);
    expect(provider.relapses).toBe(0);
    expect(share(result.calls, ({ ok }) => ok)).toBeGreaterThan(0.999);
  });

  it('that is the only one is tried with no more than the calls there are and a fifth', async () => {
    const result = await run(5, { providers: one, plan: plan(['a/m']), seconds: 100 });
    const { first, extra } = extraCalls(providerOf(result, 'a'));
    expect(first).toBeLessThanOrEqual(result.calls.length);
    expect(extra).toBeLessThanOrEqual(0.2 * first);
    const after = result.calls.filter(({ startedAt }) => startedAt > 75_000);
    expect(share(after, ({ ok }) => ok)).toBe(1);
  });
});

describe('a route with hedges', () => {
  it('answers its slowest calls sooner, for one call in twenty more', async () => {
    const slow = {
      a: { firstTokenMs: 300, slowShare: 0.03, phases: [] },
      b: { firstTokenMs: 300, slowShare: 0.03, phases: [] },
    };
    const settings = { providers: slow, plan: plan(['a/m', 'b/m']), seconds: 120 };
    const hedged = { ...settings, plan: plan(['a/m', 'b/m'], { hedge: true }) };
    const [without, withHedges] = [await run(6, settings), await run(6, hedged)];
    const p99 = ({ calls }: SimulationResult) =>
      quantile(
        calls.map(({ ms }) => ms),
        0.99,
      );
    const { hedges } = extraCalls(providerOf(withHedges, 'b'));
    console.log(
      `hedges: ${hedges} of ${withHedges.calls.length}, p99 ${p99(without) | 0} -> ${p99(withHedges) | 0} ms`,
    );
    expect(hedges).toBeGreaterThan(0);
    expect(hedges).toBeLessThanOrEqual(0.05 * withHedges.calls.length + 8);
    expect(p99(withHedges)).toBeLessThan(p99(without));
  });
});
