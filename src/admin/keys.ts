import type * as z from 'zod';
import type { KnownKeys } from '../auth/known-keys.ts';
import { newKey, newKeyId } from '../auth/new-key.ts';
import { toGrant } from '../config/grant.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { KeyPage, KeyQuery, KeyRecord, KeyStore } from '../ports/key-store.ts';
import { type change, changed, changedGrant, type creation } from './key-orders.ts';

export interface KeysDeps {
  readonly store: KeyStore;
  readonly known: Pick<KnownKeys, 'forget'>;
  readonly clock: Clock;
  readonly sha256: Sha256;
}

/** A key at the only time at which it is shown. */
export interface MadeKey {
  readonly key: string;
  readonly record: KeyRecord;
}

/** Keys that are made and changed while the gateway runs. All @throws GatewayError `not_found` for an id that is none. */
export interface Keys {
  create(order: z.output<typeof creation>): Promise<MadeKey>;
  list(query: KeyQuery): Promise<KeyPage>;
  get(id: string): Promise<KeyRecord>;
  update(id: string, order: z.output<typeof change>): Promise<KeyRecord>;
  /** The key gets another text; the old one counts for `graceMs` more. */
  rotate(id: string, graceMs: number): Promise<MadeKey>;
  revoke(id: string): Promise<KeyRecord>;
  remove(id: string): Promise<void>;
}

/** Old keys that count beside the present one; of more, those end at once that end first. */
const MAX_FORMER = 4;
/** Two operators who change a key at the same time both succeed; more than that is a loop gone wild. */
const ATTEMPTS = 4;

export function createKeys({ store, known, clock, sha256 }: KeysDeps): Keys {
  async function get(id: string): Promise<KeyRecord> {
    const record = await store.get(id);
    if (record !== null) return record;
    throw new GatewayError('not_found', `There is no key ${JSON.stringify(id.slice(0, 64))}.`);
  }

  /** Reads, changes and writes, anew where somebody else came first: a change must not undo a revocation. */
  async function alter(id: string, next: (now: KeyRecord) => Partial<KeyRecord>): Promise<KeyRecord> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await get(id);
      const record = { ...before, ...next(before), version: before.version + 1 };
      if (!(await store.put(record))) continue;
      known.forget(before);
      known.forget(record);
      return record;
    }
    throw new GatewayError('conflict', 'The key is being changed by somebody else: try again.');
  }

  return {
    get,
    list: (query) => store.list(query),
    async create({ name, tenant = name, expires_at: expiresAt = null, ...entry }) {
      const { key, hint } = newKey();
      const now = clock.now();
      const record: KeyRecord = {
        ...toGrant(entry),
        id: newKeyId(now),
        version: 1,
        hash: await sha256(key),
        former: [],
        hint,
        name,
        tenant,
        expiresAt,
        createdAt: now,
        revokedAt: null,
      };
      if (!(await store.put(record)))
        throw new GatewayError('conflict', 'The key could not be made: try again.');
      return { key, record };
    },
    update: (id, order) =>
      alter(id, (now) => ({
        ...changedGrant(now, order),
        name: order.name ?? now.name,
        expiresAt: changed(now.expiresAt, order.expires_at, null),
      })),
    async rotate(id, graceMs) {
      const { key, hint } = newKey();
      const hash = await sha256(key);
      const record = await alter(id, (now) => {
        if (now.revokedAt !== null)
          throw new GatewayError('conflict', 'A revoked key cannot be rotated: make a new one.');
        const until = clock.now() + graceMs;
        const former = [{ hash: now.hash, until }, ...now.former]
          .filter((old) => old.until > clock.now())
          .toSorted((a, b) => b.until - a.until);
        return { hash, hint, former: former.slice(0, MAX_FORMER) };
      });
      return { key, record };
    },
    revoke: (id) => alter(id, ({ revokedAt }) => ({ revokedAt: revokedAt ?? clock.now() })),
    async remove(id) {
      const record = await get(id);
      await store.delete(id);
      known.forget(record);
    },
  };
}
