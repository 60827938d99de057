import { hash, randomUUID } from 'node:crypto';
import type { Config, GatewayDeps } from '../../src/index.ts';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createMemoryCacheStore } from '../memory/cache-store.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { createMemoryLimitStore } from '../memory/limit-store.ts';
import { createMemoryOwnerStore } from '../memory/owner-store.ts';
import { createNodeMedia } from './media.ts';
import { createNodeCountTokens } from './tokenizer.ts';

/** The stores that must hold over all processes of a host. */
export type HostStores = Pick<GatewayDeps, 'limits' | 'owners'>;

export const clock = createSystemClock();

export function createNodeLogger(level: Config['server']['logLevel']): Logger {
  return createConsoleLogger({ clock, level, write: (line) => process.stdout.write(`${line}\n`) });
}

export function createHostStores(): HostStores {
  return { limits: createMemoryLimitStore({ clock }), owners: createMemoryOwnerStore({ clock }) };
}

/** The ports of one process: what Node does better than the web standards, and memory for the rest. */
export function createNodeDeps(
  { media, cache }: Config,
  {
    l2,
    ...given
  }: HostStores & Pick<GatewayDeps, 'logger' | 'fetch' | 'metrics'> & { readonly l2: CacheStore | null },
): GatewayDeps {
  return createMemoryDeps({
    clock,
    ids: { next: randomUUID },
    sha256: (text) => hash('sha256', text, 'hex'),
    fetchMedia: media.fetchUrls ? createNodeMedia({ timeoutMs: media.timeoutMs }) : null,
    countTokens: createNodeCountTokens(),
    cache: {
      l1: createMemoryCacheStore({ clock, maxEntries: cache.l1MaxEntries, maxBytes: cache.l1MaxBytes }),
      l2,
      sharesFlights: true,
    },
    ...given,
  });
}
