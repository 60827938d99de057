import { METRICS } from '../../src/account/instruments.ts';
import { formatFaults } from '../../src/config/faults.ts';
import { type Reload, reloadOf } from '../../src/config/reload.ts';
import type { Config } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { NodeConfig } from './config-file.ts';
import type { Running } from './running.ts';

export interface ReloaderOptions {
  /** What the gateway was started with. */
  readonly config: Config;
  readonly running: Pick<Running, 'reload' | 'metrics'>;
  readonly logger: Logger;
  readonly read: () => NodeConfig;
}

/**
 * Reads the configuration again and puts it in force, or says why it is refused; one at a time, and once more at the end when
 * something changed in between. Never rejects.
 */
export function createReloader({ config, running, logger, read }: ReloaderOptions): () => Promise<void> {
  let current = config;
  let underWay: Promise<void> | null = null;
  let isAskedAgain = false;
  running.metrics.set(METRICS.configReload, 1, []);

  async function reload(): Promise<void> {
    const loaded = read();
    if (!loaded.ok) return refuse(formatFaults(loaded.faults));
    const next = reloadOf(current, loaded.config);
    // A folder that is watched tells of more than a file's changes.
    if (JSON.stringify(next.config) === JSON.stringify(current)) return inForce(next);
    try {
      await running.reload(next.config);
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error));
    }
    current = next.config;
    for (const warning of loaded.warnings) logger.log('warn', 'configuration', { warning });
    logger.log('info', 'configuration reloaded');
    inForce(next);
  }

  function inForce({ kept }: Reload): void {
    running.metrics.set(METRICS.configReload, 1, []);
    if (kept.length === 0) return;
    logger.log('warn', 'settings need a restart', { kept_as_they_were: kept.join(', ') });
  }

  function refuse(faults: string): void {
    running.metrics.set(METRICS.configReload, 0, []);
    logger.log('error', 'configuration refused, the one before stays', { faults });
  }

  async function untilSettled(): Promise<void> {
    do {
      isAskedAgain = false;
      await reload();
    } while (isAskedAgain);
    underWay = null;
  }

  return function reloadOnce() {
    isAskedAgain = true;
    underWay ??= untilSettled();
    return underWay;
  };
}
