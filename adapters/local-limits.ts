import type { Claim } from '../src/domain/claim.ts';
import type { LimitStore } from '../src/ports/limit-store.ts';
import type { Logger } from '../src/ports/logger.ts';

export interface LocalLimitsOptions {
  /** What holds the limits for all. */
  readonly shared: LimitStore;
  /** What this process holds by itself. */
  readonly own: LimitStore;
  readonly logger: Logger;
  /** Whether it may, now: the answer may change while the process runs. */
  readonly mayBeAlone: () => boolean;
}

/** Calls that were granted here; beyond, their slots are freed when their leases are over. */
const MAX_CALLS = 50_000;

/**
 * While the store that all share does not answer, each process holds the whole limits by itself: `n` processes let at most `n` times
 * as much pass, unless they may not and refuse instead. What was used is still told to the shared store, by whoever asked, until it has heard it.
 */
export function createLocalLimits({ shared, own, logger, mayBeAlone }: LocalLimitsOptions): LimitStore {
  const granted = new Set<string>();
  let isAlone = false;

  function isGone(gone: boolean): void {
    if (gone === isAlone) return;
    isAlone = gone;
    if (gone) logger.log('warn', 'limits are held by this process alone', {});
    else logger.log('info', 'limits are shared again', {});
  }

  async function either<T>(ask: (store: LimitStore) => Promise<T>): Promise<{ value: T; byOwn: boolean }> {
    try {
      const value = await ask(shared);
      isGone(false);
      return { value, byOwn: false };
    } catch (error) {
      if (error instanceof RangeError || !mayBeAlone()) throw error;
      isGone(true);
      return { value: await ask(own), byOwn: true };
    }
  }

  return {
    async take(rule, cost) {
      return (await either((store) => store.take(rule, cost))).value;
    },
    async claim(claim) {
      const { value, byOwn } = await either((store) => store.claim(claim));
      if (byOwn && value.refusal === null && granted.size < MAX_CALLS) granted.add(nameOf(claim));
      return value;
    },
    note: (claim, force) => shared.note(claim, force),
    async settle(settlement) {
      const name = nameOf(settlement.claim);
      if (granted.delete(name)) await own.settle(settlement);
      return shared.settle(settlement);
    },
    overdue: (tenant, atMost) => shared.overdue(tenant, atMost),
  };
}

function nameOf({ tenant, id }: Claim): string {
  return `${tenant} ${id}`;
}
