import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryHealthStore } from '../../adapters/memory/health-store.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { type Attempts, createAttempts } from '../../src/attempts/attempts.ts';
import { HealthBook } from '../../src/attempts/health-book.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { type ProviderPlan, SimulatedProvider, seeded, tryOn } from './world.ts';

export interface Simulation {
  readonly seed: number;
  readonly providers: Readonly<Record<string, ProviderPlan>>;
  readonly plan: Plan;
  readonly seconds: number;
  readonly callsPerSecond: number;
  /** Milliseconds that a call may take until its first content. */
  readonly deadlineMs: number;
  /** Gateways that share their health. */
  readonly processes: number;
}

export interface CallResult {
  readonly startedAt: number;
  readonly ms: number;
  readonly ok: boolean;
}

export interface SimulationResult {
  readonly calls: readonly CallResult[];
  readonly providers: ReadonlyMap<string, SimulatedProvider>;
}

/** A whole turn of the event loop, for less than a timer takes. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Calls that arrive by chance (Poisson), over the engine as it is, in virtual time. */
export async function simulate(simulation: Simulation): Promise<SimulationResult> {
  const { seed, plan, seconds, callsPerSecond, deadlineMs, processes } = simulation;
  const clock = createFakeClock(undefined, turn);
  const store = createMemoryHealthStore({ clock });
  const providers = new Map(
    Object.entries(simulation.providers).map(([id, one], i) => [
      id,
      new SimulatedProvider(one, clock, seeded(seed * 1_000 + i)),
    ]),
  );
  const engines = Array.from({ length: processes }, (_, i) => {
    const metrics = createMemoryMetrics();
    const sharing = { store, watches: true };
    const book = new HealthBook({ clock, metrics, sharing, keysOf: ({ apiKeys }) => apiKeys });
    const random = seeded(seed * 7_000 + i);
    const modelLabel = (_: string, model: string) => model;
    return createAttempts(
      { book, clock, random, metrics, modelLabel },
      { firstByteMs: 15_000, idleMs: 15_000 },
    );
  });

  const arrivals = seeded(seed);
  const calls: Promise<CallResult>[] = [];
  const arrive = () => {
    if (clock.monotonic() >= seconds * 1_000) return;
    const engine = engines[calls.length % processes];
    if (engine !== undefined) calls.push(one(engine, calls.length));
    clock.after((-Math.log(1 - arrivals()) * 1_000) / callsPerSecond, arrive);
  };

  async function one(engine: Attempts, request: number): Promise<CallResult> {
    const startedAt = clock.monotonic();
    const over = new AbortController();
    const cancel = clock.after(deadlineMs, () => over.abort(new Error('time is over')));
    const ok = await engine
      .run({
        plan,
        signal: over.signal,
        tryTarget: tryOn(providers, request),
        promptTokens: 500,
        stream: true,
        clientCredential: false,
        leftMs: () => startedAt + deadlineMs - clock.monotonic(),
        hold: () => {},
      })
      .then(
        () => true,
        () => false,
      );
    cancel();
    return { startedAt, ms: clock.monotonic() - startedAt, ok };
  }

  arrive();
  await clock.advance((seconds + 60) * 1_000);
  return { calls: await Promise.all(calls), providers };
}

/** The share of the calls that one could have had answered at once who knows every outage and every strength. */
export function oracle({ calls, providers }: SimulationResult): number {
  const inSecond = new Map<number, number>();
  for (const { startedAt } of calls) {
    const second = Math.floor(startedAt / 1_000);
    inSecond.set(second, (inSecond.get(second) ?? 0) + 1);
  }
  let answered = 0;
  for (const [second, count] of inSecond) {
    const strengths = Array.from(providers.values(), (provider) => provider.strength(second * 1_000 + 500));
    answered += Math.min(
      count,
      strengths.reduce((sum, strength) => sum + strength, 0),
    );
  }
  return answered / calls.length;
}

export function share<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length / all.length;
}

export function quantile(values: readonly number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;
}

/** Calls of the provider beyond the first of each request, hedges apart. */
export function extraCalls({ seen }: SimulatedProvider): { first: number; extra: number; hedges: number } {
  const requests = new Set<number>();
  let extra = 0;
  let hedges = 0;
  for (const { request, isHedge } of seen) {
    if (isHedge) hedges += 1;
    else if (requests.has(request)) extra += 1;
    requests.add(request);
  }
  return { first: requests.size, extra, hedges };
}

/** Calls in each second from `from` to `to`. */
export function perSecond({ seen }: SimulatedProvider, from: number, to: number): number[] {
  const counts = Array.from({ length: to - from }, () => 0);
  for (const { at } of seen) {
    const second = Math.floor(at / 1_000) - from;
    if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
