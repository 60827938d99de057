import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import { StoreFault } from '../ports/store-fault.ts';
import { pause } from '../resilience/backoff.ts';
import { readAnswer, type StoredAnswer, writeAnswer } from './stored-answer.ts';

export interface FirstAnswersDeps {
  readonly store: CacheStore;
  readonly clock: Clock;
  /** How long a claim stands by itself. */
  readonly claimMs: number;
  /** Told once for each of the methods below that the store failed. */
  readonly onError: () => void;
}

/** Where the answer to a key is kept, and which call it has to answer. */
export interface Slot {
  readonly tenant: string;
  readonly name: string;
  readonly fingerprint: string;
}

/**
 * `unknown`: the store did not say, and may have noted it as ours all the same. `refused`: it takes no writes, so nothing is
 * noted, but it may still be read.
 */
export type Claimed = 'ours' | 'taken' | 'refused' | 'unknown';

/** The store of first answers, whose faults are for the caller to choose by: nothing here rejects. */
export interface FirstAnswers {
  /** Asks to be the one who gives the first answer. */
  claim(slot: Slot): Promise<Claimed>;
  find(slot: Slot): Promise<StoredAnswer | null | 'unknown'>;
  /** @param isFirst false: there may be an answer before this one, which stays then */
  keep(slot: Slot, answer: Omit<StoredAnswer, 'fingerprint'>, isFirst: boolean): Promise<void>;
  /** Ends a claim. */
  release(slot: Slot): Promise<void>;
}

const KEPT_MS = 24 * 3600 * 1000;
/** A lost write is a second charge, and a lost release makes retries wait: nobody waits for them, so they are tried again. */
const PAUSES_MS = [250, 1_000];

export function createFirstAnswers({ store, clock, claimMs, onError }: FirstAnswersDeps): FirstAnswers {
  return {
    async claim({ tenant, name }) {
      try {
        return (await store.acquire(tenant, name, claimMs)) ? 'ours' : 'taken';
      } catch (fault) {
        onError();
        return fault instanceof StoreFault && fault.kind === 'refused' ? 'refused' : 'unknown';
      }
    },
    async find(slot) {
      try {
        return await read(slot);
      } catch {
        onError();
        return 'unknown';
      }
    },
    async keep(slot, answer, isFirst) {
      const { tenant, name, fingerprint } = slot;
      await persist(async () => {
        if (!isFirst && (await read(slot)) !== null) return;
        await store.set(tenant, name, writeAnswer({ ...answer, fingerprint }), KEPT_MS);
      });
    },
    release: ({ tenant, name }) => persist(() => store.release(tenant, name)),
  };

  async function read({ tenant, name }: Slot): Promise<StoredAnswer | null> {
    const bytes = await store.get(tenant, name);
    return bytes === null ? null : readAnswer(bytes);
  }

  async function persist(work: () => Promise<void>): Promise<void> {
    for (const ms of [...PAUSES_MS, null]) {
      try {
        return await work();
      } catch {
        if (ms === null) return onError();
        await pause(clock, ms);
      }
    }
  }
}
