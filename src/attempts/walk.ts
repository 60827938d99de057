import type { FailureClass } from '../domain/outcome.ts';
import type { PlannedTarget } from '../domain/plan.ts';
import type { AttemptCall, Failed } from './call.ts';
import { BACKOFF, LEAST_LEFT_MS } from './settings.ts';

/** A target that is to be called once more, after a pause. */
export interface Again {
  readonly target: PlannedTarget;
  readonly key: string | null;
}

/** Calls of one target in a row for failures that may be over the next moment. */
const TRIES_OF_A_TARGET = 2;

/** The way of one call over its targets: what was tried, what came of it, and what is left. */
export class Walk<T> {
  readonly call: AttemptCall<T>;
  readonly failures: Failed<T>[] = [];
  /** The one that failed last, if it is worth another try. */
  again: Again | null = null;
  /** For the ends of limits. */
  waitedMs = 0;
  #left: PlannedTarget[];
  #made: number;
  readonly #tries = new Map<string, number>();
  /** Keys that were used, by provider. */
  readonly #keys = new Map<string, Set<string | null>>();
  /** Providers that failed in a way that more calls make worse. */
  readonly #sick = new Set<string>();

  constructor(call: AttemptCall<T>) {
    this.call = call;
    this.#left = [...call.plan.targets];
    this.#made = call.attemptsMade ?? 0;
  }

  get left(): readonly PlannedTarget[] {
    return this.#left;
  }

  /** Attempts that may still be made. */
  get attemptsLeft(): number {
    return this.call.plan.route.maxAttempts - this.#made;
  }

  get mayGoOn(): boolean {
    const { signal, leftMs } = this.call;
    return !signal.aborted && this.attemptsLeft > 0 && this.#left.length > 0 && leftMs() > LEAST_LEFT_MS;
  }

  /** Whether a call of the provider is one that it could be spared: another one, but for one with another key after a limit. */
  isExtra(provider: string, key: string | null): boolean {
    return this.#sick.has(provider) || this.#keys.get(provider)?.has(key) === true;
  }

  hasCalled(provider: string): boolean {
    return this.#keys.has(provider);
  }

  hasTried(target: PlannedTarget): boolean {
    return this.#tries.has(target.id);
  }

  /** An attempt begins. @returns its number, from 1. */
  begin(target: PlannedTarget, key: string | null): number {
    this.#made += 1;
    this.#tries.set(target.id, (this.#tries.get(target.id) ?? 0) + 1);
    const keys = this.#keys.get(target.provider.id) ?? new Set();
    this.#keys.set(target.provider.id, keys.add(key));
    return this.#made;
  }

  drop(target: PlannedTarget): void {
    this.#left = this.#left.filter(({ id }) => id !== target.id);
  }

  /** Takes in a failure: what is left after it. */
  failed(failed: Failed<T>, key: string | null): void {
    this.failures.push(failed);
    const { target, failure } = failed;
    switch (failure.class) {
      case 'key_dead':
      case 'rate_limited':
        // Which of its keys may be used still, the marks on them tell; of the client's own there is only one.
        if (this.call.clientCredential || (failure.class === 'key_dead' && key === null)) this.drop(target);
        return;
      case 'provider_error':
      case 'network':
        this.#sick.add(target.provider.id);
        if (this.#mayTryAgain(failed)) this.again = { target, key };
        else this.drop(target);
        return;
      case 'timeout':
      case 'invalid':
        this.#sick.add(target.provider.id);
        this.drop(target);
        return;
      case 'context_too_long':
      case 'content_filter':
        this.#fallOn(failure.class, target);
        return;
      case 'caller':
      case 'cancelled':
        this.#left = [];
    }
  }

  #mayTryAgain({ target, failure }: Failed<T>): boolean {
    const wantsRest = failure.retryAfterMs !== null && failure.retryAfterMs > BACKOFF.maxMs;
    return !wantsRest && (this.#tries.get(target.id) ?? 0) < TRIES_OF_A_TARGET;
  }

  #fallOn(cause: 'context_too_long' | 'content_filter', target: PlannedTarget): void {
    if (!this.call.plan.route.fallOn.includes(cause)) this.#left = [];
    else if (cause === 'content_filter') this.drop(target);
    else this.#left = this.#left.filter(({ contextTokens }) => this.#isLarger(contextTokens, target));
  }

  /** Where the size of the one that failed is not known, the prompt itself tells what is too small. */
  #isLarger(contextTokens: number | null, { contextTokens: tooSmall }: PlannedTarget): boolean {
    return contextTokens !== null && contextTokens > (tooSmall ?? this.call.promptTokens);
  }
}

/** Failures that end the way: no target would answer otherwise, or nobody listens. */
export function isFinal(cause: FailureClass): boolean {
  return cause === 'caller' || cause === 'cancelled';
}
