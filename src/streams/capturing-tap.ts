import type { StreamTap } from '../ports/fetch.ts';

/** A tap that remembers what another one lets out, up to `maxBytes`. */
export interface CapturingTap extends StreamTap {
  /** What came out so far; what was too much is missing at its end. */
  text(): string;
}

export function createCapturingTap(inner: StreamTap, maxBytes: number): CapturingTap {
  const decoder = new TextDecoder();
  let text = '';
  let left = maxBytes;

  function keep(bytes: Uint8Array | null): Uint8Array | null {
    if (bytes === null || left <= 0) return bytes;
    text += decoder.decode(bytes.subarray(0, left), { stream: true });
    left -= bytes.length;
    return bytes;
  }

  return {
    waiting: (isWaiting) => inner.waiting(isWaiting),
    chunk: (bytes) => keep(inner.chunk(bytes)),
    end: () => keep(inner.end()),
    fail: (fault) => inner.fail(fault),
    cancel: () => inner.cancel(),
    text: () => text,
  };
}
