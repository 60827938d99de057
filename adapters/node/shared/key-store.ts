import type { KeyPage, KeyQuery, KeyRecord, KeyStore } from '../../../src/ports/key-store.ts';
import { ask } from './ask.ts';
import type { Link } from './link.ts';

/** The managed keys, as one process keeps them for all. */
export interface KeyApi {
  findKey(hash: string): Promise<KeyRecord | null>;
  getKey(id: string): Promise<KeyRecord | null>;
  putKey(record: KeyRecord): Promise<boolean>;
  deleteKey(id: string): Promise<void>;
  listKeys(query: KeyQuery): Promise<KeyPage>;
}

/** A call waits for it at most so long, once in three seconds. */
const DEADLINE_MS = 250;

export function keyApi({ find, get, put, delete: remove, list }: KeyStore): KeyApi {
  return { findKey: find, getKey: get, putKey: put, deleteKey: remove, listKeys: list };
}

/** The keys that another process keeps for all. Rejects when that process does not answer in time. */
export function createSharedKeyStore(link: Link<KeyApi>): KeyStore {
  return {
    find: (hash) => ask(link, 'findKey', [hash], DEADLINE_MS),
    get: (id) => ask(link, 'getKey', [id], DEADLINE_MS),
    put: (record) => ask(link, 'putKey', [record], DEADLINE_MS),
    delete: (id) => ask(link, 'deleteKey', [id], DEADLINE_MS),
    list: (query) => ask(link, 'listKeys', [query], DEADLINE_MS),
  };
}
