import type { GatewayDeps } from '../../src/ports/index.ts';
import { createMemoryCacheStore } from './cache-store.ts';
import { createSystemClock } from './clock.ts';
import { createWebCryptoSha256 } from './hash.ts';
import { createRandomIds } from './ids.ts';
import { createMemoryKeyStore } from './key-store.ts';
import { createMemoryLedger } from './ledger.ts';
import { createMemoryLimitStore } from './limit-store.ts';
import { createLocalCache } from './local-cache.ts';
import { createMemoryLogger } from './logger.ts';
import { createMemoryMetrics } from './metrics.ts';
import { createMemoryOwnerStore } from './owner-store.ts';
import { createMemorySecrets } from './secrets.ts';
import { createNoopTelemetry } from './telemetry.ts';
import { createEstimatingCountTokens } from './tokenizer.ts';
import { createMemoryVectorStore } from './vector-store.ts';

export type MemoryDepsOverrides = Partial<GatewayDeps> & Pick<GatewayDeps, 'fetch'>;

/** All ports in memory but for the way out; the drivers share one clock, so overriding it overrides it for all. */
export function createMemoryDeps(overrides: MemoryDepsOverrides): GatewayDeps {
  const clock = overrides.clock ?? createSystemClock();
  const ledger = createMemoryLedger();
  return {
    clock,
    ids: createRandomIds(),
    sha256: createWebCryptoSha256(),
    logger: createMemoryLogger(),
    metrics: createMemoryMetrics(),
    telemetry: createNoopTelemetry(),
    keys: createMemoryKeyStore(),
    secrets: createMemorySecrets(),
    limits: createMemoryLimitStore({ clock, ledger }),
    owners: createMemoryOwnerStore({ clock }),
    ledger,
    health: null,
    cache: {
      l1: createLocalCache({ clock }),
      l2: null,
      purges: createMemoryCacheStore({ clock }),
      sharesFlights: true,
    },
    firstAnswers: createMemoryCacheStore({ clock }),
    vectors: createMemoryVectorStore({ clock }),
    fetchMedia: null,
    countTokens: createEstimatingCountTokens(),
    ...overrides,
  };
}
