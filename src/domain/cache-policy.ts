/** Which calls may be answered from the cache. `deterministic`: those that leave nothing to chance. */
export type CacheMode = 'all' | 'deterministic' | 'off';

/** Endings of answers that are not whole, and may be kept all the same. */
export type KeptEnding = 'truncated' | 'refused' | 'filtered';

/** `shadow`: it is only counted what would be answered. */
export type SemanticMode = 'off' | 'shadow' | 'on';

/** What a key says of the cache, over what the gateway says. */
export interface KeyCache {
  readonly mode: CacheMode;
}

/** How one call is cached. Times are milliseconds. */
export interface CachePolicy {
  readonly mode: CacheMode;
  /** How long an answer is fresh, before jitter. */
  readonly ttlMs: number;
  /** After its time, an answer is good for that long while a new one is fetched behind it (RFC 5861, section 3). */
  readonly staleWhileRevalidateMs: number;
  /** After its time, an answer is better than an error for that long (RFC 5861, section 4). */
  readonly staleIfErrorMs: number;
  /** Answers that are kept although they are not whole. */
  readonly keep: readonly KeptEnding[];
  readonly semantic: SemanticMode;
}
