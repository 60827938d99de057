import type { Clock } from '../src/ports/clock.ts';
import type { Logger } from '../src/ports/logger.ts';
import { StoreFault } from '../src/ports/store-fault.ts';
import { Breaker } from '../src/resilience/breaker.ts';
import { withDeadline } from '../src/resilience/deadline.ts';
import { consecutiveFailures } from '../src/resilience/trip.ts';

export interface GuardOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the log calls the store. */
  readonly name: string;
  readonly deadlineMs: number;
  /** What went wrong, as the port says it. */
  readonly toFault: (error: unknown) => StoreFault;
  /** Whether the shard is well all the same; null: the fault does not tell. */
  readonly isWell: (fault: StoreFault) => boolean | null;
}

export interface Guard {
  /**
   * Does `work` on a shard, under the deadline and behind the shard's breaker.
   * @throws StoreFault whatever happens; at once while the breaker is open.
   */
  run<T>(shard: string, work: () => PromiseLike<T>): Promise<T>;
}

/**
 * A call that nobody answers costs its deadline, so a few are tried, and then one every two seconds. The first pause is short:
 * of calls that are made at once, five fail in a row for a single hiccup.
 */
const FAILURES = 5;
const OPEN_MS = 100;
const MAX_OPEN_MS = 2_000;
/** Shards come and go with the addresses of nodes. */
const MAX_SHARDS = 1_000;

export function createGuard(options: GuardOptions): Guard {
  const { clock, deadlineMs, name, toFault, isWell } = options;
  const breakers = new Map<string, Breaker>();
  const late = () => new StoreFault('timeout', `${name}: no answer within ${deadlineMs} ms`);

  function breakerOf(shard: string): Breaker {
    let breaker = breakers.get(shard);
    if (breaker === undefined) {
      if (breakers.size >= MAX_SHARDS) breakers.clear();
      breaker = createBreaker(options, shard);
      breakers.set(shard, breaker);
    }
    return breaker;
  }

  return {
    async run(shard, work) {
      const breaker = breakerOf(shard);
      const ticket = breaker.enter();
      if (ticket === null) throw new StoreFault('unavailable', `${name}: not tried, since it failed lately`);
      try {
        const value = await withDeadline(clock, deadlineMs, work(), late);
        breaker.leave(ticket, true);
        return value;
      } catch (error) {
        const fault = error instanceof StoreFault ? error : toFault(error);
        const well = isWell(fault);
        if (well !== null) breaker.leave(ticket, well);
        throw fault;
      }
    },
  };
}

function createBreaker({ clock, logger, name }: GuardOptions, shard: string): Breaker {
  let isSpared = false;
  return new Breaker({
    clock,
    trip: consecutiveFailures(FAILURES),
    openMs: OPEN_MS,
    maxOpenMs: MAX_OPEN_MS,
    onChange(state) {
      if (state === 'closed') logger.log('info', `${name} answers again`, { shard });
      // That a probe failed as well is no news.
      if (state === 'open' && !isSpared) logger.log('warn', `${name} does not answer`, { shard });
      isSpared = state !== 'closed';
    },
  });
}
