import type { StaticKey } from '../config/config.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { KeyRecord, KeyStore } from '../ports/key-store.ts';

export type FindKey = (hash: string) => Promise<KeyRecord | null>;

/** Looks in the configuration first, then in the store: configured keys work whatever state the store is in. */
export function createFindKey(configured: readonly StaticKey[], sha256: Sha256, store: KeyStore): FindKey {
  let byHash: Promise<Map<string, KeyRecord>> | null = null;
  return async function findKey(hash) {
    byHash ??= hashAll(configured, sha256);
    return (await byHash).get(hash) ?? store.find(hash);
  };
}

async function hashAll(keys: readonly StaticKey[], sha256: Sha256): Promise<Map<string, KeyRecord>> {
  const records = await Promise.all(
    keys.map(async ({ plain, hash, ...key }) => ({ ...key, hash: hash ?? (await sha256(plain ?? '')) })),
  );
  return new Map(records.map((record) => [record.hash, record]));
}
