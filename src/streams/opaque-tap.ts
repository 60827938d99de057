import type { StreamTap } from '../ports/fetch.ts';
import type { StreamEnd } from './sse-tap.ts';

export interface OpaqueTapOptions {
  readonly waiting: (isWaiting: boolean) => void;
  readonly onFirstByte: () => void;
  readonly onEnd: (end: StreamEnd, fault: unknown) => void;
}

/** A tap for bytes of any kind. It has no way to write an error into them, so a broken answer breaks the client's stream. */
export function createOpaqueTap(options: OpaqueTapOptions): StreamTap {
  let started = false;
  return {
    waiting: options.waiting,
    chunk(bytes) {
      if (!started) {
        started = true;
        options.onFirstByte();
      }
      return bytes;
    },
    end() {
      options.onEnd('finished', null);
      return null;
    },
    fail(fault) {
      options.onEnd('cut', fault);
      return null;
    },
    cancel: () => options.onEnd('cancelled', null),
  };
}
