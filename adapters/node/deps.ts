import { hash, randomUUID } from 'node:crypto';
import type { Config, GatewayDeps, StartConfig } from '../../src/index.ts';
import type { HealthStore } from '../../src/ports/health-store.ts';
import type { KeyStore } from '../../src/ports/key-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { createMemoryCacheStore } from '../memory/cache-store.ts';
import { createSystemClock } from '../memory/clock.ts';
import { createConsoleLogger } from '../memory/console-logger.ts';
import { createMemoryDeps } from '../memory/deps.ts';
import { createMemoryHealthStore } from '../memory/health-store.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { createMemoryLedger } from '../memory/ledger.ts';
import { createMemoryLimitStore } from '../memory/limit-store.ts';
import { createMemoryOwnerStore } from '../memory/owner-store.ts';
import { createMemorySecrets } from '../memory/secrets.ts';
import { createMemoryVectorStore } from '../memory/vector-store.ts';
import { createLineWriter } from './line-writer.ts';
import { createNodeMedia } from './media.ts';
import { createNodeCountTokens } from './tokenizer.ts';

/** The stores that must hold over all processes of a host. */
export interface HostStores extends Pick<GatewayDeps, 'limits' | 'ledger' | 'owners' | 'firstAnswers'> {
  /** Where no Redis has them. */
  readonly keys: KeyStore;
  readonly secrets: Secrets;
  readonly health: HealthStore;
  /** What was purged from the caches, where no Redis knows it. */
  readonly purges: GatewayDeps['cache']['purges'];
}

export const clock = createSystemClock();

export function createNodeLogger(level: Config['server']['logLevel']): Logger {
  return createConsoleLogger({ clock, level, write: createLineWriter(process.stdout) });
}

export function createHostStores(): HostStores {
  const ledger = createMemoryLedger();
  return {
    limits: createMemoryLimitStore({ clock, ledger }),
    ledger,
    owners: createMemoryOwnerStore({ clock }),
    keys: createMemoryKeyStore(),
    secrets: createMemorySecrets(),
    firstAnswers: createMemoryCacheStore({ clock, maxEntries: 10_000, maxBytes: 64 << 20 }),
    health: createMemoryHealthStore({ clock }),
    purges: createMemoryCacheStore({ clock, maxEntries: 10_000, maxBytes: 8 << 20 }),
  };
}

/** The ports of one process: what Node does better than the web standards, and memory for the rest. */
export function createNodeDeps(
  { media, cache }: StartConfig,
  given: Pick<
    GatewayDeps,
    | 'logger'
    | 'fetch'
    | 'metrics'
    | 'limits'
    | 'ledger'
    | 'owners'
    | 'health'
    | 'cache'
    | 'keys'
    | 'secrets'
    | 'firstAnswers'
    | 'telemetry'
  > &
    Partial<Pick<GatewayDeps, 'vectors'>>,
): GatewayDeps {
  return createMemoryDeps({
    clock,
    ids: { next: randomUUID },
    sha256: (text) => hash('sha256', text, 'hex'),
    fetchMedia: media.fetchUrls ? createNodeMedia({ timeoutMs: media.timeoutMs }) : null,
    countTokens: createNodeCountTokens(),
    vectors: createMemoryVectorStore({ clock, maxEntries: cache.semanticMaxEntries }),
    ...given,
  });
}
