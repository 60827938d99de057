import type {
  AttemptContext,
  FailureClass,
  Outcome,
  StreamEnding,
  TryTarget,
} from '../../src/domain/outcome.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { pause, type Random } from '../../src/resilience/backoff.ts';
import { failure } from '../support/attempts-rig.ts';

/** A time in the life of a provider, in seconds of the simulation. */
export interface Phase {
  readonly from: number;
  readonly to: number;
  readonly does: /** Takes no connection. */
    | { readonly kind: 'refuses' }
    /** Answers 500. */
    | { readonly kind: 'fails' }
    /** Says nothing. */
    | { readonly kind: 'hangs' }
    /** Some calls fail, the others are slower. */
    | { readonly kind: 'brown-out'; readonly rate: number; readonly slower: number }
    /** So many calls a second are answered; the others are told when to come back, in seconds. */
    | { readonly kind: 'limits'; readonly perSecond: number; readonly retryAfter: number };
}

export interface ProviderPlan {
  /** Median milliseconds to the first token. */
  readonly firstTokenMs: number;
  /** Share of the calls that take ten times as long. */
  readonly slowShare?: number;
  readonly phases: readonly Phase[];
}

/**
 * For so long after an outage a provider has only a part of its strength, from a tenth up: what is more than that it fails,
 * and with far more it breaks down again.
 */
const SLOW_START_S = 10;
const FULL_STRENGTH = 40;
const RELAPSE_S = 5;

const OUTAGES: ReadonlySet<Phase['does']['kind']> = new Set(['refuses', 'fails', 'hangs']);

/** Numbers that are the same for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Seen {
  /** Milliseconds of the simulation. */
  readonly at: number;
  readonly request: number;
  readonly isHedge: boolean;
}

/** A provider that lives through its phases, on the clock of the simulation. */
export class SimulatedProvider {
  readonly seen: Seen[] = [];
  relapses = 0;
  readonly #plan: ProviderPlan;
  readonly #clock: Clock;
  readonly #random: Random;
  #relapsedUntil = 0;
  /** Times of the calls that it answered while it was weak. */
  #carried: number[] = [];

  constructor(plan: ProviderPlan, clock: Clock, random: Random) {
    this.#plan = plan;
    this.#clock = clock;
    this.#random = random;
  }

  /** Calls a second that it can answer, as one would know who knows all. */
  strength(atMs: number): number {
    const does = this.#phase(atMs)?.does;
    if (does !== undefined && OUTAGES.has(does.kind)) return 0;
    if (does?.kind === 'limits') return does.perSecond;
    return this.#strengthAfterOutage(atMs);
  }

  async call(request: number, context: AttemptContext): Promise<Outcome<string>> {
    this.seen.push({ at: this.#clock.monotonic(), request, isHedge: context.isHedge });
    const { ms, fails, retryAfterMs } = this.#fate();
    const isLate = ms > context.firstByteMs;
    try {
      await pause(this.#clock, Math.min(ms, context.firstByteMs), context.signal);
    } catch {
      return failure('cancelled', 'simulated');
    }
    if (isLate) return failure('timeout', 'simulated');
    if (fails !== null) return failure(fails, 'simulated', retryAfterMs);
    return { ok: true, value: 'answer', ended: this.#stream(context) };
  }

  async #stream({ signal }: AttemptContext): Promise<StreamEnding> {
    const ms = 500 + 4_000 * this.#random();
    const broke = await pause(this.#clock, ms, signal).then(
      () => null,
      () => 'cancelled' as const,
    );
    return { broke, longestPauseMs: 100 };
  }

  #fate(): { ms: number; fails: FailureClass | null; retryAfterMs: number | null } {
    const now = this.#clock.monotonic();
    const well = { ms: this.#firstTokenMs(), fails: null, retryAfterMs: null };
    const fails = (ms: number, fails: FailureClass, retryAfterMs: number | null = null) => ({
      ms,
      fails,
      retryAfterMs,
    });
    if (now < this.#relapsedUntil) return fails(30, 'provider_error');
    const does = this.#phase(now)?.does;
    switch (does?.kind) {
      case undefined:
        return this.#isTooWeak(now) ? fails(30, 'provider_error') : well;
      case 'refuses':
        return fails(1, 'network');
      case 'fails':
        return fails(40, 'provider_error');
      case 'hangs':
        return fails(1_000_000, 'timeout');
      case 'brown-out':
        if (this.#random() < does.rate) return fails(well.ms, 'provider_error');
        return { ...well, ms: well.ms * does.slower };
      case 'limits':
        if (this.#callsSince(now - 1_000) <= does.perSecond) return well;
        return fails(20, 'rate_limited', does.retryAfter * 1_000);
    }
  }

  #isTooWeak(now: number): boolean {
    const strength = this.#strengthAfterOutage(now);
    if (strength === Number.POSITIVE_INFINITY) return false;
    if (this.#callsSince(now - 1_000) > 5 * strength) {
      this.relapses += 1;
      this.#relapsedUntil = now + RELAPSE_S * 1_000;
    }
    const carried = this.#carried.filter((at) => at >= now - 1_000);
    this.#carried = carried.length < strength ? [...carried, now] : carried;
    return carried.length >= strength;
  }

  #strengthAfterOutage(atMs: number): number {
    const outage = this.#plan.phases.findLast(({ to, does }) => to * 1_000 <= atMs && OUTAGES.has(does.kind));
    const sinceS = outage === undefined ? SLOW_START_S : atMs / 1_000 - outage.to;
    if (sinceS >= SLOW_START_S) return Number.POSITIVE_INFINITY;
    return FULL_STRENGTH * Math.max(0.1, sinceS / SLOW_START_S);
  }

  #callsSince(at: number): number {
    let calls = 0;
    for (let i = this.seen.length - 1; i >= 0 && (this.seen[i]?.at ?? 0) >= at; i -= 1) calls += 1;
    return calls;
  }

  #phase(atMs: number): Phase | undefined {
    return this.#plan.phases.find(({ from, to }) => from * 1_000 <= atMs && atMs < to * 1_000);
  }

  /** Log-normal, as times to the first token are: one in a hundred takes three times as long. */
  #firstTokenMs(): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    const isSlow = this.#random() < (this.#plan.slowShare ?? 0);
    return this.#plan.firstTokenMs * Math.exp(0.45 * normal) * (isSlow ? 10 : 1);
  }
}

/** Sends each attempt to the provider of its target. */
export function tryOn(providers: ReadonlyMap<string, SimulatedProvider>, request: number): TryTarget<string> {
  return async (target, context) => {
    const provider = providers.get(target.provider.id);
    if (provider === undefined) throw new Error(`no provider ${target.provider.id}`);
    return provider.call(request, context);
  };
}
