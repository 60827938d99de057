import type { StaticKey } from '../config/config.ts';
import { grantOf } from '../domain/grant.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { KeyRecord } from '../ports/key-store.ts';
import type { KnownKeys } from './known-keys.ts';

export type FindKey = (hash: string) => Promise<KeyRecord | null>;

/** Looks in the configuration first, then in the store: configured keys work whatever state the store is in. */
export function createFindKey(
  configured: readonly StaticKey[],
  sha256: Sha256,
  managed: Pick<KnownKeys, 'find'> | null,
): FindKey {
  let byHash: Promise<Map<string, KeyRecord>> | null = null;
  return async function findKey(hash) {
    byHash ??= hashAll(configured, sha256);
    return (await byHash).get(hash) ?? managed?.find(hash) ?? null;
  };
}

async function hashAll(keys: readonly StaticKey[], sha256: Sha256): Promise<Map<string, KeyRecord>> {
  const records = await Promise.all(
    keys.map(async (key) => toRecord(key, key.hash ?? (await sha256(key.plain ?? '')))),
  );
  return new Map(records.map((record) => [record.hash, record]));
}

function toRecord(key: StaticKey, hash: string): KeyRecord {
  const { id, name, tenant, expiresAt } = key;
  const made = { version: 1, former: [], hint: '', createdAt: 0, revokedAt: null };
  return { ...grantOf(key), ...made, id, hash, name, tenant, expiresAt };
}
