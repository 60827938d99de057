import type { Dialect } from './dialect.ts';
import type { NanoUsd, Usage } from './usage.ts';

/** What is known of a kept answer, beside its body. */
export interface EntryMeta {
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  /** How long it is fresh. */
  readonly ttlMs: number;
  /** How long the provider took for it: the longer, the earlier a refresh begins. */
  readonly tookMs: number;
  readonly dialect: Dialect;
  readonly kind: 'json' | 'event-stream';
  readonly contentType: string;
  readonly provider: string;
  /** As the provider knows it. */
  readonly model: string;
  readonly usage: Usage | null;
  readonly cost: NanoUsd | null;
  readonly tags: readonly string[];
  /** `x-llm-edge-dropped` of the answer; empty: nothing was. */
  readonly dropped: string;
  /** Lengths of the chunks that a stream came in; they add up to the body. None for JSON. */
  readonly chunks: readonly number[];
}

/** A kept answer. What is at hand as text and short is kept as that: it goes out as it is. */
export interface Entry extends EntryMeta {
  readonly body: Uint8Array | string;
}
