import { type StreamTap, UpstreamFault } from '../ports/fetch.ts';

/**
 * A tap for streams that break for their reader as they broke for the gateway, in place of the words that `inner` has for it.
 * @param isBroken asked when `inner` has told of its end: whether that was no end
 */
export function createBreakingTap(inner: StreamTap, isBroken: () => boolean): StreamTap {
  return {
    waiting: (isWaiting) => inner.waiting(isWaiting),
    chunk: (bytes) => inner.chunk(bytes),
    end() {
      const last = inner.end();
      if (isBroken()) throw new UpstreamFault('cut', 'the stream ended without its terminal event');
      return last;
    },
    fail(fault) {
      // It was told already: the end that was none is what failed.
      if (isBroken()) return null;
      const last = inner.fail(fault);
      return isBroken() ? null : last;
    },
    cancel: () => inner.cancel(),
  };
}
