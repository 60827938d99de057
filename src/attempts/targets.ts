import type { RouteTarget } from '../domain/plan.ts';
import type { TargetControl } from '../route/target-stats.ts';
import { HealthBook, type HealthBookDeps } from './health-book.ts';
import { snapshotOf, stateOf, type TargetSnapshot } from './snapshot.ts';

/** How targets do, over all configurations: what strategies order them by, attempts go by, and the operator sees. */
export interface Targets extends TargetControl {
  /** For attempts alone. */
  readonly book: HealthBook;
  snapshot(): ReadonlyMap<string, TargetSnapshot>;
  /** @throws StoreFault when the other processes cannot be told; here it counts all the same. */
  drain(id: string): Promise<void>;
  /** @throws StoreFault as `drain`. */
  restore(id: string): Promise<void>;
  /**
   * Asks a target whose breaker is not closed, if it is time, whether it is well: so it need not wait for a call that is tried
   * on it.
   */
  probe(target: RouteTarget, isWell: () => Promise<boolean>): Promise<void>;
}

export function createTargets(deps: HealthBookDeps): Targets {
  const book = new HealthBook(deps);
  return {
    book,
    of(id) {
      const health = book.peek(id);
      const drained = book.isDrained(id);
      return health === undefined
        ? { latencyMs: null, inFlight: 0, breaker: 'closed', drained }
        : { ...stateOf(health), drained };
    },
    snapshot: () => new Map(book.known().map((health) => [health.target.id, snapshotOf(book, health)])),
    drain: (id) => book.drain(id),
    restore: (id) => book.restore(id),
    async probe(target, isWell) {
      const { breaker } = book.target(target);
      const ticket = breaker.state === 'closed' ? null : breaker.enter();
      if (ticket === null) return;
      breaker.leave(ticket, await isWell().catch(() => false));
    },
  };
}
