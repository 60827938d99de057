import type { UpstreamFault } from '../../../src/ports/fetch.ts';

/** Where bytes come from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  /** Closes the connection; nothing comes any more. Harmless after the end. */
  stop(reason: Error): void;
}

/** Where bytes go to: any number of `push`, then one `end` or `fail`. */
export interface BodySink {
  push(bytes: Uint8Array): void;
  end(): void;
  fail(fault: UpstreamFault): void;
}

/** What a body holds until its reader wants it. */
export interface HeldBody {
  attach(reader: BodyReader): void;
  /** All that is held, as one chunk: a reader that fell behind catches up at once. */
  takeHeld(): Uint8Array | null;
  /** Lets the source go on, or the reader finish, when nothing is held. More may come before this returns. */
  proceed(): void;
  /** Closes the connection if it is still in use, and lets go of what is held. */
  stop(reason?: Error): void;
}

/** Who reads a body. */
export interface BodyReader {
  /** False: not now, keep it. */
  take(bytes: Uint8Array): boolean;
  /** Everything was taken, and the body has ended, or failed with `fault`. */
  finish(fault: UpstreamFault | null): void;
}
