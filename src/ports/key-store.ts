import type { KeyCache } from '../domain/cache-policy.ts';
import type { Budget, Limits } from '../domain/limits.ts';

/** A gateway key as it is stored: the key itself is never kept, only its hash. */
export interface KeyRecord {
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string;
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly models: readonly string[] | null;
  readonly limits: Limits;
  readonly budgets: readonly Budget[];
  /** `name=value`; every call of the key has them. */
  readonly tags: readonly string[];
  /** Null: as the gateway and the route say. */
  readonly cache: KeyCache | null;
  /** Milliseconds since the epoch after which the key is refused; null: never. */
  readonly expiresAt: number | null;
}

export interface KeyStore {
  find(hash: string): Promise<KeyRecord | null>;
  put(record: KeyRecord): Promise<void>;
  delete(hash: string): Promise<void>;
  list(tenant: string): Promise<readonly KeyRecord[]>;
}
