import type { Clock } from '../ports/clock.ts';

/** From 0 to below 1, as `Math.random`. */
export type Random = () => number;

export interface BackoffOptions {
  /** Longest wait before the first retry; it doubles with each. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Anything from nothing to the bound ("full jitter"): callers that failed together come back spread out.
 * @param retry from 0.
 */
export function backoffMs(retry: number, random: Random, { baseMs, maxMs }: BackoffOptions): number {
  return random() * Math.min(maxMs, baseMs * 2 ** retry);
}

/**
 * Resolves after `ms`.
 * @param signal none: nobody waits for what comes after
 * @throws the signal's reason, as soon as it fires.
 */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
