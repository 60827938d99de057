import { METRICS } from '../src/account/instruments.ts';
import { formatFaults, type LoadResult } from '../src/config/load.ts';
import { type Reload, reloadOf } from '../src/config/reload.ts';
import type { Config } from '../src/index.ts';
import type { Logger } from '../src/ports/logger.ts';
import type { Metrics } from '../src/ports/metrics.ts';

export interface TakeOnOptions {
  /** What is in force. */
  readonly config: Config;
  /** Puts another one in force, or rejects with the reason. */
  readonly apply: (config: Config) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Takes on a configuration that was read anew, or says why not: then the one before stays. Never rejects. */
export type TakeOn = (loaded: LoadResult) => Promise<void>;

export function createTakeOn({ config, apply, logger, metrics }: TakeOnOptions): TakeOn {
  let current = config;
  metrics.set(METRICS.configReload, 1, []);

  function refuse(faults: string): void {
    metrics.set(METRICS.configReload, 0, []);
    logger.log('error', 'configuration refused, the one before stays', { faults });
  }

  function accept({ config, kept }: Reload): void {
    current = config;
    metrics.set(METRICS.configReload, 1, []);
    if (kept.length === 0) return;
    logger.log('warn', 'settings need a restart', { kept_as_they_were: kept.join(', ') });
  }

  return async function takeOn(loaded) {
    if (!loaded.ok) {
      refuse(formatFaults(loaded.faults));
      return;
    }
    const next = reloadOf(current, loaded.config);
    // A folder that is watched tells of more than a file's changes.
    if (JSON.stringify(next.config) === JSON.stringify(current)) {
      accept(next);
      return;
    }
    try {
      await apply(next.config);
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
      return;
    }
    for (const warning of loaded.warnings) logger.log('warn', 'configuration', { warning });
    logger.log('info', 'configuration reloaded');
    accept(next);
  };
}
