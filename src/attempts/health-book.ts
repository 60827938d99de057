import type { RouteTarget } from '../domain/plan.ts';
import type { Provider } from '../domain/provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { HealthMark, HealthSharing, HealthSpot } from '../ports/health-store.ts';
import type { Metrics } from '../ports/metrics.ts';
import { RecentMap } from '../recent-map.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import { fingerprint } from './fingerprint.ts';
import { showBreakers, showHealth } from './gauges.ts';
import { Marks } from './marks.ts';
import { ProviderHealth } from './provider-health.ts';
import { DRAIN_MS, MAX_RETRY_AFTER_MS, MAX_TARGETS, MIN_LIMIT_MS } from './settings.ts';
import { TargetHealth } from './target-health.ts';

export interface HealthBookDeps {
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'set'>;
  readonly sharing: HealthSharing | null;
  /** The gateway's own credentials of a provider. */
  readonly keysOf: (provider: Provider) => readonly string[];
}

/** A limit that ends hardly later than the one that is known is no news to the others. */
const NEWS_MS = 250;

/** All that is known of targets, providers and keys, and its way to the metrics and to other processes. */
export class HealthBook {
  readonly marks: Marks;
  readonly #deps: HealthBookDeps;
  readonly #targets = new RecentMap<string, TargetHealth>(MAX_TARGETS, ({ limiter }) => limiter.inside === 0);
  readonly #providers = new RecentMap<string, ProviderHealth>(MAX_TARGETS);
  /** Providers that were found unwell, so that it is shown when one is well again. */
  readonly #unwell = new Set<string>();
  /** A breaker is being opened on the word of another process, which need not hear of it. */
  #isAdopting = false;

  constructor(deps: HealthBookDeps) {
    this.#deps = deps;
    this.marks = new Marks({
      clock: deps.clock,
      sharing: deps.sharing,
      onMarked: (mark) => this.#onMarked(mark),
      onCleared: (spot) => this.#onCleared(spot),
    });
  }

  target(target: RouteTarget): TargetHealth {
    const health = this.#targets.getOrMake(target.id, () => this.#newTarget(target));
    health.configure(target);
    return health;
  }

  provider(id: string): ProviderHealth {
    return this.#providers.getOrMake(id, () => {
      showHealth(this.#deps.metrics, id, true);
      this.#showBreakers(id);
      return new ProviderHealth(this.#deps.clock, id);
    });
  }

  peek(target: string): TargetHealth | undefined {
    return this.#targets.peek(target);
  }

  known(): readonly TargetHealth[] {
    return [...this.#targets.values()];
  }

  /** Null alone: there is no key to be used. */
  keysOf(provider: Provider): readonly (string | null)[] {
    const keys = this.#deps.keysOf(provider);
    return keys.length === 0 ? [null] : keys;
  }

  isDrained({ id, provider }: Pick<RouteTarget, 'id' | 'provider'>): boolean {
    return this.marks.until('drained', id) !== null || this.marks.until('drained', provider.id) !== null;
  }

  /** Until when a key is not to be used on a target, in milliseconds since the epoch; null: it may be. */
  limitedUntil({ id }: Pick<RouteTarget, 'id'>, key: string | null): number | null {
    return this.marks.until('limited', withKey(id, key));
  }

  /** Until when a key is not to be used at all, in milliseconds since the epoch; null: it may be. */
  deadUntil(provider: string, key: string | null): number | null {
    return key === null ? null : this.marks.until('key_dead', withKey(provider, key));
  }

  /** The provider wants no call of the target with that key: for as long as it says, within reason. */
  limit(health: TargetHealth, key: string | null, retryAfterMs: number | null, startedAt: number): void {
    const { target } = health;
    const usualMs = health.nextLimitMs(fingerprint(key), startedAt);
    const ms =
      retryAfterMs === null ? usualMs : Math.min(Math.max(retryAfterMs, MIN_LIMIT_MS), MAX_RETRY_AFTER_MS);
    if (ms === null) return;
    const until = this.limitedUntil(target, key);
    if (until !== null && this.#deps.clock.now() + ms < until + NEWS_MS) return;
    this.marks.set('limited', withKey(target.id, key), ms);
    this.#show(target.provider.id);
  }

  keyDead(provider: ProviderHealth, key: string, startedAt: number): void {
    const ms = provider.refused(fingerprint(key), startedAt);
    if (ms === null) return;
    this.marks.set('key_dead', withKey(provider.id, key), ms);
    this.#show(provider.id);
  }

  /** True: a key that was refused may be tried again, and counts as tried. */
  mayTryDead(provider: ProviderHealth, key: string): boolean {
    return provider.mayTryAgain(fingerprint(key));
  }

  /** The target answered, with that key. */
  answered(health: TargetHealth, provider: ProviderHealth, key: string | null): void {
    health.forgetLimit(fingerprint(key));
    if (key !== null) {
      provider.accepted(fingerprint(key));
      this.marks.clear('key_dead', withKey(provider.id, key));
    }
    if (this.#unwell.has(provider.id)) this.#show(provider.id);
  }

  /** @throws StoreFault when the others cannot be told; here it counts all the same. */
  async drain(subject: string): Promise<void> {
    this.marks.set('drained', subject, DRAIN_MS);
    for (const provider of this.#providersOf(subject)) this.#show(provider);
    await this.marks.tell();
  }

  /** Takes a target, or a provider with all its targets, back as if nothing had been. @throws StoreFault as `drain`. */
  async restore(subject: string): Promise<void> {
    // What only the others know of is to end as well.
    await this.marks.refresh();
    const isMeant = (of: string) =>
      of === subject || of.startsWith(`${subject}/`) || of.startsWith(`${subject}#`);
    for (const spot of this.marks.of(isMeant)) this.marks.clear(spot.state, spot.subject);
    for (const { target, breaker } of this.known()) if (isMeant(target.id)) breaker.reset();
    for (const provider of this.#providersOf(subject)) this.#show(provider);
    await this.marks.tell();
  }

  #newTarget(target: RouteTarget): TargetHealth {
    const health: TargetHealth = new TargetHealth(this.#deps.clock, target, (state) =>
      this.#onBreaker(health, state),
    );
    const until = this.marks.until('open', target.id);
    if (until !== null) this.#openAsTold(health, until);
    return health;
  }

  #onBreaker({ target, breaker }: TargetHealth, state: BreakerState): void {
    if (state === 'open' && !this.#isAdopting)
      this.marks.set('open', target.id, breaker.probeAt - this.#deps.clock.monotonic());
    if (state === 'closed') this.marks.clear('open', target.id);
    this.#show(target.provider.id);
  }

  #onMarked({ state, subject, until }: HealthMark): void {
    const health = state === 'open' ? this.#targets.peek(subject) : undefined;
    if (health !== undefined) this.#openAsTold(health, until);
  }

  #onCleared({ state, subject }: HealthSpot): void {
    if (state === 'open') this.#targets.peek(subject)?.breaker.probeNow();
  }

  #openAsTold(health: TargetHealth, until: number): void {
    const { clock } = this.#deps;
    this.#isAdopting = true;
    health.breaker.openUntil(clock.monotonic() + until - clock.now());
    this.#isAdopting = false;
  }

  #providersOf(subject: string): ReadonlySet<string> {
    const of = this.known().filter(({ target }) => target.id === subject || target.provider.id === subject);
    return new Set(of.map(({ target }) => target.provider.id));
  }

  #targetsOf(provider: string): TargetHealth[] {
    return this.known().filter(({ target }) => target.provider.id === provider);
  }

  #show(provider: string): void {
    const isWell = this.#targetsOf(provider).some((health) => this.#isWell(health));
    if (isWell) this.#unwell.delete(provider);
    else this.#unwell.add(provider);
    showHealth(this.#deps.metrics, provider, isWell);
    this.#showBreakers(provider);
  }

  #showBreakers(provider: string): void {
    const states = this.#targetsOf(provider).map(({ breaker }) => breaker.state);
    showBreakers(this.#deps.metrics, provider, states);
  }

  #isWell({ target, breaker }: TargetHealth): boolean {
    if (breaker.state === 'open' || this.isDrained(target)) return false;
    return this.keysOf(target.provider).some(
      (key) => this.limitedUntil(target, key) === null && this.deadUntil(target.provider.id, key) === null,
    );
  }
}

function withKey(subject: string, key: string | null): string {
  return `${subject}#${fingerprint(key)}`;
}
