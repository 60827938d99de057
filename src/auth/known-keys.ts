import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyRecord, KeyStore } from '../ports/key-store.ts';
import { RecentMap } from '../recent-map.ts';

/** The managed keys, as this process knows them. */
export interface KnownKeys {
  /** @throws GatewayError `store_unavailable` when the store does not answer and nothing recent is known. */
  find(hash: string): Promise<KeyRecord | null>;
  /** What this process itself has changed is asked for anew. */
  forget(record: KeyRecord): void;
}

export interface KnownKeysDeps {
  readonly store: Pick<KeyStore, 'find'>;
  readonly clock: Clock;
  /** How long a key still counts after the store confirmed it last, while the store does not answer. */
  readonly graceMs: number;
}

interface Known {
  readonly record: KeyRecord | null;
  readonly askedAt: number;
  /** When somebody began to ask again. */
  askingSince: number | null;
}

/**
 * A change is known everywhere within 5 s: after 3 s the next call asks the store, and for half a second, which is longer
 * than any driver waits, those beside it go by what is known instead of asking as well.
 */
const FRESH_MS = 3_000;
const ASKING_MS = 500;
const MAX_KNOWN = 10_000;

export function createKnownKeys({ store, clock, graceMs }: KnownKeysDeps): KnownKeys {
  const known = new RecentMap<string, Known>(MAX_KNOWN);
  /** Apart, so that a flood of wrong keys drives no right one out. */
  const unknown = new RecentMap<string, Known>(MAX_KNOWN);

  async function ask(hash: string, last: Known | undefined): Promise<KeyRecord | null> {
    const askedAt = clock.monotonic();
    if (last !== undefined) last.askingSince = askedAt;
    const record = await store.find(hash);
    (record === null ? known : unknown).delete(hash);
    (record === null ? unknown : known).set(hash, { record, askedAt, askingSince: null });
    return record;
  }

  /** Not for longer than its grace, however many ask in vain one after the other. */
  function isBeingAsked({ askedAt, askingSince }: Known, now: number): boolean {
    if (askingSince === null || now - askingSince >= ASKING_MS) return false;
    return now - askedAt <= Math.max(graceMs, FRESH_MS + ASKING_MS);
  }

  return {
    async find(hash) {
      const last = known.get(hash) ?? unknown.get(hash);
      const now = clock.monotonic();
      if (last !== undefined && now - last.askedAt < FRESH_MS) return last.record;
      if (last?.record != null && isBeingAsked(last, now)) return last.record;
      try {
        return await ask(hash, last);
      } catch (cause) {
        if (last?.record != null && now - last.askedAt <= graceMs) return last.record;
        throw new GatewayError('store_unavailable', 'The keys cannot be checked right now: try again.', {
          cause,
        });
      }
    },
    forget({ hash, former }) {
      for (const each of [hash, ...former.map((old) => old.hash)]) {
        known.delete(each);
        unknown.delete(each);
      }
    },
  };
}
