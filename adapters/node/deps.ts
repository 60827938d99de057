import { hash, randomUUID } from 'node:crypto';
import type { Config, GatewayDeps } from '../../src/index.ts';
import type { Fetch } from '../../src/ports/fetch.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';

export function createNodeLogger(level: Config['server']['logLevel']): Logger {
  return createConsoleLogger({ clock: createSystemClock(), level, write: (line) => process.stdout.write(`${line}\n`) });
}

/** The ports of one process: what Node does better than the web standards, and memory for the stores. */
export function createNodeDeps(logger: Logger, fetch: Fetch): GatewayDeps {
  return createMemoryDeps({
    clock: createSystemClock(),
    ids: { next: randomUUID },
    sha256: (text) => hash('sha256', text, 'hex'),
    logger,
    fetch,
  });
}
