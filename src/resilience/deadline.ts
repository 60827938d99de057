import type { Clock } from '../ports/clock.ts';

/**
 * A timer that fires this much too late tells of an event loop that was held up. Timers run before sockets are read, so
 * the answer may lie there unread: it gets one more turn.
 */
const HELD_UP_MS = 5;

/**
 * The outcome of `work`, or a rejection with what `late` gives when there is none within `ms`. How work ends after that
 * matters to nobody, and is no unhandled rejection either.
 */
export function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: PromiseLike<T>,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const endsAt = clock.monotonic() + ms;
    const expire = () => reject(late());
    let cancel = clock.after(ms, () => {
      if (clock.monotonic() < endsAt + HELD_UP_MS) expire();
      else cancel = clock.after(1, expire);
    });
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}
