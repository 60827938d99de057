import type { StreamTap } from '../ports/fetch.ts';

/** Told once how the stream ended: with all its chunks; null: it broke, was left, or was too much to keep. */
export type OnRecorded = (chunks: readonly Uint8Array[] | null) => void;

/** Lets a stream pass and keeps what passed, up to `maxBytes`. */
export function createRecordingTap(maxBytes: number, onRecorded: OnRecorded): StreamTap {
  let chunks: Uint8Array[] | null = [];
  let size = 0;
  return {
    waiting: () => {},
    chunk(bytes) {
      size += bytes.length;
      if (size > maxBytes) chunks = null;
      // A copy: whoever reads the stream may transfer what it is handed.
      else chunks?.push(bytes.slice());
      return bytes;
    },
    end() {
      onRecorded(chunks);
      return null;
    },
    fail() {
      onRecorded(null);
      return null;
    },
    cancel: () => onRecorded(null),
  };
}
