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
/** Settlements that wait for their next try. */
const MAX_WAITING = 20_000;

/**
 * What was spent has to be entered although the store is away: it is said again until the store has heard it. What could not
 * be entered at all is logged in full, so that it can be entered by hand.
 */
export function createBooks({ limits, clock, logger }: BooksDeps): KeepBooks {
  let waiting = 0;

  return async function keepBooks(settlement) {
    let fault: unknown = null;
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        return await limits.settle(settlement);
      } catch (error) {
        fault = error;
        // It is the settlement that is wrong, and will be wrong again.
        if (error instanceof RangeError || waiting >= MAX_WAITING) break;
      }
      waiting += 1;
      await pause(clock, Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS));
      waiting -= 1;
    }
    lost(logger, settlement, fault);
  };
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms * (0.5 + Math.random() / 2), resolve));
}

function lost(logger: Logger, { claim, entries }: Settlement, fault: unknown): void {
  const error = String(fault);
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
