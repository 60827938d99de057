import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import { RecentMap } from '../recent-map.ts';

/** Slows whoever tries keys out, and nobody else. Keys are named by their hashes. */
export interface Guesses {
  /** @throws GatewayError `rate_limited` for a key that is new here, while too many new ones have turned out wrong. */
  require(hash: string): void;
  right(hash: string): void;
  wrong(hash: string): void;
}

export interface GuessesDeps {
  readonly clock: Clock;
  readonly onLimited: () => void;
}

/** Different wrong keys that are looked at at once, and then in a second, by one process. */
const BURST = 100;
const PER_SECOND = 10;
/** Clients choose what they send, so what is remembered of it is bounded. */
const MAX_KNOWN = 10_000;

/**
 * Where clients stand behind one load balancer, addresses tell nothing, so guesses are counted over all of them. A key that
 * was right here before always passes, and a key that was wrong here before is no new guess: neither a client that is busy
 * nor one with an old key gets into the way of others. Only keys that are new here wait while somebody is guessing.
 */
export function createGuesses({ clock, onLimited }: GuessesDeps): Guesses {
  const seen = new RecentMap<string, 'right' | 'wrong'>(MAX_KNOWN);
  let left = BURST;
  let countedAt = clock.monotonic();

  function refill(): void {
    const now = clock.monotonic();
    left = Math.min(BURST, left + ((now - countedAt) / 1000) * PER_SECOND);
    countedAt = now;
  }

  return {
    require(hash) {
      if (seen.get(hash) !== undefined) return;
      refill();
      if (left >= 1) return;
      onLimited();
      const seconds = Math.max(1, Math.ceil((1 - left) / PER_SECOND));
      throw new GatewayError(
        'rate_limited',
        `Too many unknown keys were tried here lately: try again in ${seconds} s.`,
        { retryAfter: String(seconds) },
      );
    },
    right(hash) {
      seen.set(hash, 'right');
    },
    wrong(hash) {
      if (seen.get(hash) !== 'wrong') {
        refill();
        // Guesses that were under way at the same time may go below 0; what is owed is bounded as well.
        left = Math.max(-BURST, left - 1);
      }
      seen.set(hash, 'wrong');
    },
  };
}
