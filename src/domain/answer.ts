/** What the gateway gives back to the HTTP rim. Header names are lower-case. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string | ReadableStream<Uint8Array> | null;
}

/** `x-llm-edge-cache`. */
export type CacheStatus = 'hit-l1' | 'hit-l2' | 'miss' | 'coalesced' | 'stale' | 'bypass';
