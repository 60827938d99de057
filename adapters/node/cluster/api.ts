import type { Config } from '../../../src/index.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import type { LimitStore } from '../../../src/ports/limit-store.ts';
import type { OwnerStore } from '../../../src/ports/owner-store.ts';
import type { Reading } from '../metrics/process.ts';
import type { HealthApi } from '../shared/health-store.ts';
import type { PurgeApi } from '../shared/purges.ts';

/** What a worker may ask of the primary, which holds the stores for all. */
export interface PrimaryApi extends LimitStore, Ledger, OwnerStore, PurgeApi, HealthApi {
  configuration(): Promise<Config>;
  /** The worker serves, at this URL. */
  listening(url: string): Promise<void>;
  /** The worker cannot serve, and ends. */
  failed(reason: string): Promise<void>;
  /** The worker takes no new connection any more: it will end when its calls have finished. */
  leaving(): Promise<void>;
  report(reading: Reading): Promise<void>;
}

/** What the primary may ask of a worker. */
export interface WorkerApi {
  reading(): Promise<Reading>;
  /** New calls are answered by it, or it is refused, with the reason. */
  reload(config: Config): Promise<string | null>;
  /** Answers at once; the worker ends when it has drained. */
  drain(lingerMs: number): Promise<void>;
}

/** For what is no part of a call: a peer that takes longer is stuck. */
export const START_DEADLINE_MS = 30_000;
export const DEADLINE_MS = 1_000;
