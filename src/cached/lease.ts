import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import { pause } from '../resilience/backoff.ts';

export interface LeaseDeps {
  /** Shared by all processes. */
  readonly store: Pick<CacheStore, 'acquire' | 'release'>;
  readonly clock: Clock;
  readonly onError: (operation: 'acquire' | 'release') => void;
}

export interface LeaseRequest<T> {
  readonly tenant: string;
  readonly key: string;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** What another process has answered by now; null: nothing yet. Never rejects. */
  readonly look: () => Promise<T | null>;
}

export type LeaseOutcome<T> =
  | { readonly found: T }
  /** To be answered here. `release` ends the lease, if there is one, and never rejects. */
  | { readonly found: null; release(): Promise<void> };

/**
 * Equal calls of several processes share one call of a provider, as far as that costs nobody much: the first takes the
 * lease, the others look for its answer, for a while. Who finds the lease ended and no answer is the next to take it.
 * @throws the signal's reason when that fires while waiting
 */
export type Lease = <T>(request: LeaseRequest<T>) => Promise<LeaseOutcome<T>>;

/** Of a process that ended with the lease, nobody has to wait for longer. */
const LEASE_MS = 3_000;
/** Then it is quicker to ask the provider as well. */
const WAIT_MS = 2_500;
/** Between two looks: soon for answers that come soon, and some twelve looks in all. */
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 250;

export function createLease({ store, clock, onError }: LeaseDeps): Lease {
  return async function lease<T>({ tenant, key, signal, look }: LeaseRequest<T>): Promise<LeaseOutcome<T>> {
    const ours: LeaseOutcome<T> = { found: null, release: () => release(tenant, key) };
    if ((await acquire(tenant, key)) !== 'taken') return ours;
    const endsAt = clock.monotonic() + WAIT_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const leftMs = endsAt - clock.monotonic();
      if (leftMs <= 0) return { found: null, release: async () => {} };
      await pause(clock, Math.min(pauseMs, leftMs), signal);
      // In this order: whoever releases has kept its answer before.
      const now = await acquire(tenant, key);
      if (now === 'unknown') return ours;
      const found = await look();
      if (found !== null) {
        if (now === 'ours') void release(tenant, key);
        return { found };
      }
      if (now === 'ours') return ours;
    }
  };

  /** `unknown`: the store failed, so nobody waits for it. It may have noted the lease all the same. */
  async function acquire(tenant: string, key: string): Promise<'ours' | 'taken' | 'unknown'> {
    try {
      return (await store.acquire(tenant, key, LEASE_MS)) ? 'ours' : 'taken';
    } catch {
      onError('acquire');
      return 'unknown';
    }
  }

  async function release(tenant: string, key: string): Promise<void> {
    try {
      await store.release(tenant, key);
    } catch {
      onError('release');
    }
  }
}
