import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { LimitStore } from '../ports/limit-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface SweepDeps {
  readonly limits: Pick<LimitStore, 'overdue' | 'settle'>;
  readonly ledger: Pick<Ledger, 'tenants'>;
  readonly logger: Logger;
}

/** Settles calls that nobody will settle any more, at their last known usage. Never rejects. */
export interface Sweep {
  tenant(tenant: string): Promise<void>;
  all(): Promise<void>;
}

const AT_ONCE = 100;

export function createSweep({ limits, ledger, logger }: SweepDeps): Sweep {
  async function settleOverdue(tenant: string): Promise<number> {
    const claims = await limits.overdue(tenant, AT_ONCE);
    for (const claim of claims) {
      const taken = claim.rates.map(({ cost }) => cost);
      await limits.settle({ claim, taken, entries: claim.entries, orphan: true });
    }
    if (claims.length > 0)
      logger.log('warn', 'calls settled that nobody ended', { tenant, calls: claims.length });
    return claims.length;
  }

  async function quietly(tenant: string): Promise<void> {
    try {
      while ((await settleOverdue(tenant)) === AT_ONCE);
    } catch (error) {
      logger.log('warn', 'sweep failed', { tenant, error: String(error) });
    }
  }

  return {
    tenant: quietly,
    async all() {
      const tenants = await ledger.tenants().catch((error: unknown) => {
        logger.log('warn', 'sweep failed', { error: String(error) });
        return [];
      });
      for (const tenant of tenants) await quietly(tenant);
    },
  };
}

/** A call is dead after half a minute; sooner a sweep finds nothing. Processes need not sweep at the same moment. */
const EVERY_MS = 15_000;

/** Sweeps now and then, until the function returned is called. */
export function sweepRegularly(sweep: Sweep, clock: Clock): () => void {
  let cancel = () => {};
  let over = false;
  const wait = () => {
    if (!over) cancel = clock.after(EVERY_MS * (0.75 + Math.random() / 2), () => void sweep.all().then(wait));
  };
  wait();
  return () => {
    over = true;
    cancel();
  };
}
