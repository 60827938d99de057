import type { Grant } from '../domain/grant.ts';

/** A gateway key as it is stored: the key itself is never kept, only its hash. */
export interface KeyRecord extends Grant {
  readonly id: string;
  /** 1 when it was made, one more with every change. */
  readonly version: number;
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string;
  /** Hashes of the keys it had before, and until when (milliseconds since the epoch) they count as well. */
  readonly former: readonly FormerHash[];
  /** The beginning of the key, for people to tell keys apart. */
  readonly hint: string;
  readonly name: string;
  /** Never changes. */
  readonly tenant: string;
  /** Milliseconds since the epoch, all of them. After `expiresAt` the key is refused; null: never. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
  /** From when on it is refused for good; null: it is not. */
  readonly revokedAt: number | null;
}

export interface FormerHash {
  readonly hash: string;
  readonly until: number;
}

export interface KeyPage {
  /** In order of their ids. */
  readonly records: readonly KeyRecord[];
  /** The id after which the next page begins; null: this is the last. */
  readonly next: string | null;
}

export interface KeyQuery {
  /** Null: of all tenants. */
  readonly tenant: string | null;
  /** The id after which the page begins; null: at the first. */
  readonly after: string | null;
  /** At least 1. */
  readonly limit: number;
}

/**
 * Keys that an operator made. Every process that shares the store sees a change with its next question. Drivers of remote
 * stores reject with a `StoreFault`, at the latest when their deadline is over.
 */
export interface KeyStore {
  /** The record that has the hash, as its present one or as a former one. Whether it still counts is for the caller. */
  find(hash: string): Promise<KeyRecord | null>;
  get(id: string): Promise<KeyRecord | null>;
  /**
   * Stores the record if what is there has the version before it (or nothing is, for version 1) and nobody else has one of
   * its hashes. False: it was changed in the meantime, and nothing happened.
   */
  put(record: KeyRecord): Promise<boolean>;
  /** Forgets the record and its hashes, also when there is none. */
  delete(id: string): Promise<void>;
  list(query: KeyQuery): Promise<KeyPage>;
}
