import type { KeyRecord, KeyStore } from '../../src/ports/key-store.ts';

/** Unbounded on purpose: only an operator adds keys, and forgetting one would lock its user out. */
export function createMemoryKeyStore(): KeyStore {
  const byId = new Map<string, KeyRecord>();
  const idOfHash = new Map<string, string>();

  function forget(id: string): void {
    for (const hash of hashesOf(byId.get(id))) idOfHash.delete(hash);
    byId.delete(id);
  }

  return {
    async find(hash) {
      return byId.get(idOfHash.get(hash) ?? '') ?? null;
    },
    async get(id) {
      return byId.get(id) ?? null;
    },
    async put(record) {
      const { id, version } = record;
      if ((byId.get(id)?.version ?? 0) !== version - 1) return false;
      const hashes = hashesOf(record);
      if (hashes.some((hash) => (idOfHash.get(hash) ?? id) !== id)) return false;
      forget(id);
      byId.set(id, Object.freeze(structuredClone(record)));
      for (const hash of hashes) idOfHash.set(hash, id);
      return true;
    },
    async delete(id) {
      forget(id);
    },
    async list({ tenant, after, limit }) {
      const ids = [...byId.values()]
        .filter((record) => tenant === null || record.tenant === tenant)
        .map(({ id }) => id)
        .filter((id) => after === null || id > after)
        .sort();
      const page = ids.slice(0, limit);
      const records = page.flatMap((id) => byId.get(id) ?? []);
      return { records, next: ids.length > limit ? (page.at(-1) ?? null) : null };
    },
  };
}

function hashesOf(record: KeyRecord | undefined): string[] {
  return record === undefined ? [] : [record.hash, ...record.former.map(({ hash }) => hash)];
}
