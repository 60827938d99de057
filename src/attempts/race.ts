import type { Failure, Outcome } from '../domain/outcome.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entry } from './entry.ts';

/** An attempt under way. */
export interface Running<T> {
  readonly entry: Entry;
  readonly isHedge: boolean;
  readonly outcome: Promise<Outcome<T>>;
  /** Nobody waits for it any more. */
  abort(): void;
}

export interface Settled<T> {
  readonly running: Running<T>;
  readonly outcome: Outcome<T>;
}

export interface Hedge<T> {
  readonly afterMs: number;
  /** Starts the second attempt; null: there is none to start now. */
  readonly start: () => Running<T> | null;
}

/**
 * The attempt, with a second one beside it if it is slow. Resolves with how they ended, in that order: an answer is the last
 * one, and whoever was slower is told to stop. So is the other when a failure shows that no target can answer.
 * @param isFinal whether a failure is of that kind.
 */
export function race<T>(
  clock: Clock,
  first: Running<T>,
  hedge: Hedge<T> | null,
  isFinal: (failure: Failure<T>) => boolean,
): Promise<readonly Settled<T>[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Settled<T>[]>();
  const settled: Settled<T>[] = [];
  const running: Running<T>[] = [];
  const cancelTimer = hedge === null ? () => {} : clock.after(hedge.afterMs, () => startSecond(hedge));
  watch(first);
  return promise;

  function watch(attempt: Running<T>): void {
    running.push(attempt);
    attempt.outcome.then((outcome) => finish(attempt, outcome), fail);
  }

  function startSecond({ start }: Hedge<T>): void {
    const second = start();
    if (second !== null) watch(second);
  }

  function finish(attempt: Running<T>, outcome: Outcome<T>): void {
    running.splice(running.indexOf(attempt), 1);
    settled.push({ running: attempt, outcome });
    if (running.length > 0 && !outcome.ok && !isFinal(outcome.failure)) return;
    cancelTimer();
    for (const slower of running) slower.abort();
    resolve(settled);
  }

  function fail(defect: unknown): void {
    cancelTimer();
    for (const other of running) other.abort();
    reject(defect);
  }
}

/** What an attempt is aborted with that lost the race. */
export function raceLost(): GatewayError {
  return new GatewayError('client_closed', 'Another target answered first.');
}
