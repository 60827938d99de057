import type { CacheStore } from '../../../src/ports/cache-store.ts';
import { ask } from './ask.ts';
import type { Link } from './link.ts';

/** Answers to calls with an idempotency key, as one process keeps them for all. */
export interface FirstAnswerApi {
  firstAnswer(tenant: string, key: string): Promise<Uint8Array | null>;
  keepFirstAnswer(tenant: string, key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  dropFirstAnswer(tenant: string, key: string): Promise<void>;
  beFirst(tenant: string, key: string, ttlMs: number): Promise<boolean>;
  firstIsOver(tenant: string, key: string): Promise<void>;
}

/** Answers of a megabyte have to pass. */
const DEADLINE_MS = 1_000;

export function firstAnswerApi(store: CacheStore): FirstAnswerApi {
  return {
    firstAnswer: store.get,
    keepFirstAnswer: store.set,
    dropFirstAnswer: store.delete,
    beFirst: store.acquire,
    firstIsOver: store.release,
  };
}

/** The answers that another process keeps for all. Rejects when that process does not answer in time. */
export function createSharedFirstAnswers(link: Link<FirstAnswerApi>): CacheStore {
  return {
    get: (tenant, key) => ask(link, 'firstAnswer', [tenant, key], DEADLINE_MS),
    set: (tenant, key, value, ttlMs) =>
      ask(link, 'keepFirstAnswer', [tenant, key, value, ttlMs], DEADLINE_MS),
    delete: (tenant, key) => ask(link, 'dropFirstAnswer', [tenant, key], DEADLINE_MS),
    acquire: (tenant, key, ttlMs) => ask(link, 'beFirst', [tenant, key, ttlMs], DEADLINE_MS),
    release: (tenant, key) => ask(link, 'firstIsOver', [tenant, key], DEADLINE_MS),
  };
}
