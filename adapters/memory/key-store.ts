import type { KeyRecord, KeyStore } from '../../src/ports/key-store.ts';

/**
 * Unbounded on purpose: only an operator adds keys, and forgetting one would lock its user out.
 * An expired key stays until it is deleted: refusing it, and saying why, is for the caller.
 */
export function createMemoryKeyStore(records: Iterable<KeyRecord> = []): KeyStore {
  const keys = new Map<string, KeyRecord>();
  for (const record of records) keys.set(record.hash, snapshot(record));
  return {
    async find(hash) {
      return keys.get(hash) ?? null;
    },
    async put(record) {
      keys.set(record.hash, snapshot(record));
    },
    async delete(hash) {
      keys.delete(hash);
    },
    async list(tenant) {
      return Array.from(keys.values()).filter((record) => record.tenant === tenant);
    },
  };
}

/** A copy that neither the caller's later changes nor a reader's can reach. */
function snapshot(record: KeyRecord): KeyRecord {
  const models = record.models === null ? null : Object.freeze([...record.models]);
  return Object.freeze({ ...record, models });
}
