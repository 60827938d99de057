import type { Clock } from '../../ports/clock.ts';
import { UpstreamFault } from '../../ports/fetch.ts';

export function aborted(): UpstreamFault {
  return new UpstreamFault('aborted', 'the request to the sandbox was aborted');
}

/**
 * Waits `ms` (`Infinity`: for ever) unless the signal aborts first.
 * @throws UpstreamFault `aborted`
 */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(aborted());
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(aborted());
    };
    const cancel = Number.isFinite(ms) ? clock.after(ms, done) : () => {};
    function done(): void {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
