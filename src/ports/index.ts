import type { CacheStore } from './cache-store.ts';
import type { Clock } from './clock.ts';
import type { Fetch } from './fetch.ts';
import type { Sha256 } from './hash.ts';
import type { HealthSharing } from './health-store.ts';
import type { Ids } from './ids.ts';
import type { KeyStore } from './key-store.ts';
import type { Ledger } from './ledger.ts';
import type { LimitStore } from './limit-store.ts';
import type { LocalCache } from './local-cache.ts';
import type { Logger } from './logger.ts';
import type { FetchMedia } from './media.ts';
import type { Metrics } from './metrics.ts';
import type { OwnerStore } from './owner-store.ts';
import type { Secrets } from './secrets.ts';
import type { Telemetry } from './telemetry.ts';
import type { CountTokens } from './tokenizer.ts';
import type { VectorStore } from './vector-store.ts';

export interface CacheStores {
  /** In the process. */
  readonly l1: LocalCache;
  /** Shared by all processes; null: none. */
  readonly l2: CacheStore | null;
  /** Where it is noted what was purged: a store that all processes read, if there is one. */
  readonly purges: Pick<CacheStore, 'get' | 'set'>;
  /** Equal calls of this process may share one call of a provider. False where a request may not use what another began. */
  readonly sharesFlights: boolean;
}

/** All that a runtime hands to the gateway. `Background` comes with each request: at the edge it lives as long. */
export interface GatewayDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sha256: Sha256;
  readonly fetch: Fetch;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
  /** Where keys are kept that are made at run time; null: nothing outlives a process, so none can be made. */
  readonly keys: KeyStore | null;
  /** Where provider credentials are kept that are set at run time; null as above. */
  readonly secrets: Secrets | null;
  readonly limits: LimitStore;
  readonly owners: OwnerStore;
  readonly ledger: Ledger;
  /** null: there is no other process to tell. */
  readonly health: HealthSharing | null;
  readonly cache: CacheStores;
  /** First answers to calls with an idempotency key, where there is no second tier of the cache. */
  readonly firstAnswers: CacheStore;
  /** Questions that were answered, by their meaning. */
  readonly vectors: VectorStore;
  /** null: the operator does not allow it. */
  readonly fetchMedia: FetchMedia | null;
  readonly countTokens: CountTokens;
}
