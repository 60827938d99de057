import type { LoadResult } from '../../src/config/load.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { TakeOn } from '../take-on.ts';

/** KV itself may take as long to show what was written elsewhere. */
const PERIOD_MS = 60_000;

export interface RefreshOptions {
  /** What the configuration in force was read from. */
  readonly text: string;
  readonly read: () => Promise<string | null>;
  readonly load: (text: string) => LoadResult;
  readonly takeOn: TakeOn;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks, at most once a minute, whether there is a new configuration. To be held behind a request; null: not yet. */
export type Refresh = () => Promise<void> | null;

export function createRefresh({ text, read, load, takeOn, clock, logger }: RefreshOptions): Refresh {
  let known = text;
  let lookedAt = clock.monotonic();

  async function refresh(): Promise<void> {
    try {
      const next = await read();
      if (next === null || next === known) return;
      known = next;
      await takeOn(load(next));
    } catch (error) {
      // The text may be fine: KV is asked again in a minute.
      logger.log('warn', 'configuration not read', { error: String(error) });
    }
  }

  return function refreshIfDue() {
    if (clock.monotonic() - lookedAt < PERIOD_MS) return null;
    lookedAt = clock.monotonic();
    return refresh();
  };
}
