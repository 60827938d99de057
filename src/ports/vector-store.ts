/** A question that was answered. */
export interface StoredVector {
  /** What its answer is kept under. */
  readonly key: string;
  /** Of length 1. */
  readonly vector: Float32Array;
  /** What has to be compared beside the vector, opaque to the store. Never the question itself. */
  readonly facts: string;
}

export interface Near {
  readonly key: string;
  readonly facts: string;
  /** Cosine similarity, at most 1. */
  readonly similarity: number;
}

export interface VectorQuery {
  /** Of length 1. */
  readonly vector: Float32Array;
  /** Least similarity. */
  readonly threshold: number;
  /** Most that are wanted. */
  readonly count: number;
}

/**
 * Vectors of one tenant, each in a scope that no search leaves. Bounded: what was not found for longest goes first. All
 * of it may be lost at any time. The driver in memory never rejects; those of remote stores reject with a `StoreFault`,
 * which whoever calls takes for nothing found.
 */
export interface VectorStore {
  /** The nearest first. Vectors of another number of dimensions are near to none. */
  search(tenant: string, scope: string, query: VectorQuery): Promise<readonly Near[]>;
  /** Replaces what stood under the same key. Without a positive `ttlMs` there is nothing under it afterwards. */
  add(tenant: string, scope: string, stored: StoredVector, ttlMs: number): Promise<void>;
}
