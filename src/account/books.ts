import type { Clock } from '../ports/clock.ts';
import type { LimitStore, Settlement } from '../ports/limit-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface BooksDeps {
  readonly limits: Pick<LimitStore, 'settle'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Settles, however often it has to be tried. Never rejects. */
export type KeepBooks = (settlement: Settlement) => Promise<void>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** With the pauses in between, some ten minutes: markers live for days, so a late settlement is counted once all the same. */
const TRIES = 70;
/** Settlements that wait for the store. */
const MAX_WAITING = 20_000;
/** So many are said at once when the store is back: calls want it too. */
const AT_ONCE = 32;

interface Waiting {
  readonly settlement: Settlement;
  readonly done: () => void;
}

/**
 * What was spent has to be entered although the store is away: it is said again until the store has heard it. A tenant lies on
 * one node, so while that does not answer, one settlement asks for all that wait behind it. What could not be entered at all is
 * logged in full, so that it can be entered by hand.
 */
export function createBooks({ limits, clock, logger }: BooksDeps): KeepBooks {
  const queues = new Map<string, Waiting[]>();
  let waiting = 0;

  /** False: the store was not there. A settlement that is wrong will be wrong again, so it is given up. */
  async function isTold(settlement: Settlement): Promise<boolean> {
    try {
      await limits.settle(settlement);
    } catch (error) {
      if (!(error instanceof RangeError)) return false;
      lost(logger, settlement, String(error));
    }
    return true;
  }

  /** The first of the queue, and once that is heard some of the others. False: the store was not there. */
  async function tellSome(queue: Waiting[]): Promise<boolean> {
    const [first, ...others] = queue.splice(0, AT_ONCE);
    if (first === undefined) return true;
    if (!(await isTold(first.settlement))) {
      queue.unshift(first, ...others);
      return false;
    }
    finish(first);
    const told = await Promise.all(others.map(({ settlement }) => isTold(settlement)));
    const left = others.filter((one, i) => (told[i] === true ? finish(one) : true));
    queue.unshift(...left);
    return left.length === 0;
  }

  function finish({ done }: Waiting): false {
    waiting -= 1;
    done();
    return false;
  }

  async function tellAll(tenant: string, queue: Waiting[]): Promise<void> {
    for (let tries = 0; queue.length > 0 && tries < TRIES; ) {
      await pause(clock, Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS));
      while (queue.length > 0 && (await tellSome(queue))) tries = 0;
      tries += 1;
    }
    queues.delete(tenant);
    for (const one of queue) {
      lost(logger, one.settlement, 'the store did not answer');
      finish(one);
    }
  }

  return async function keepBooks(settlement) {
    const { tenant } = settlement.claim;
    if (!queues.has(tenant) && (await isTold(settlement))) return;
    if (waiting >= MAX_WAITING) return lost(logger, settlement, 'too many wait for the store');
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting += 1;
    const one = { settlement, done: resolve };
    const queue = queues.get(tenant);
    if (queue !== undefined) queue.push(one);
    else {
      const own = [one];
      queues.set(tenant, own);
      void tellAll(tenant, own);
    }
    await promise;
  };
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms * (0.5 + Math.random() / 2), resolve));
}

function lost(logger: Logger, { claim, entries }: Settlement, error: string): void {
  if (entries.length === 0)
    logger.log('warn', 'claim not released', { tenant: claim.tenant, call: claim.id, error });
  for (const { id, requestId, tenant, keyId, provider, model, at, cost, usage } of entries) {
    logger.log('error', 'ledger entry lost', {
      error,
      id,
      request_id: requestId,
      tenant,
      key: keyId,
      provider,
      model,
      at,
      cost_nano_usd: cost ?? undefined,
      input_tokens: usage?.input,
      output_tokens: usage?.output,
    });
  }
}
